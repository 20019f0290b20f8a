"""Other systems' protocols for sending logs, each with its own answers, so that their clients work unmodified."""

from flask import Flask

from webapp.native import axiom, datadog, elasticsearch, loki, otlp, splunk


def init_app(app: Flask) -> None:
    """Register a blueprint per protocol."""
    for protocol in (otlp, loki, splunk, elasticsearch, datadog, axiom):
        app.register_blueprint(protocol.blueprint)
