"""The Flask app: `granian --interface wsgi --factory webapp:create_app`."""

from flask import Flask

from commands.main import COMMANDS
from webapp import protocols
from webapp.http import body, health, memory_budget, metrics, problems, request_ids
from webapp.ingest import view as ingest
from webapp.openapi import pages
from webapp.query import activity, dead_letters, logs


def create_app() -> Flask:
    """Build the app: one blueprint per concern, every error a problem document."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it
    request_ids.init_app(app)
    metrics.init_app(app)
    problems.init_app(app)
    memory_budget.init_app(app)
    body.init_app(app)
    app.register_blueprint(ingest.blueprint)
    protocols.init_app(app)
    logs.init_app(app)
    app.register_blueprint(activity.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(dead_letters.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.register_blueprint(pages.blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app
