"""`flask --app webapp db …` and `flask --app webapp broker …`: what an operator runs before the processes start."""

import click
from flask import Blueprint

from broker.queues import create_queues
from models import LogRecord

database = Blueprint("db", __name__)
broker = Blueprint("broker", __name__)


@database.cli.command("create")
def create_table() -> None:
    """Create the table unless it is there."""
    LogRecord.create()
    click.echo(f"table {LogRecord.Meta.table_name} is ready")


@broker.cli.command("create")
def create_broker() -> None:
    """Create the queues, or bring their attributes up to date."""
    click.echo(f"queues {', '.join(create_queues())} are ready")
