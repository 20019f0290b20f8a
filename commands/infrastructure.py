"""`flask --app webapp db …` and `flask --app webapp broker …`: what an operator runs before the processes start."""

import click
from flask import Blueprint

from broker.control.sweep import SECOND_LOOK_SECONDS, sweep
from broker.queues import create_queues
from commands.errors import told
from models import TABLES, find_differences
from originals import KeyFile, KeysUnavailable, get_wrapping
from settings import settings

database = Blueprint("db", __name__)
broker = Blueprint("broker", __name__)


@database.cli.command("create")
def create_tables() -> None:
    """Create the tables that are not there, add to older ones what they need, and make the key file if there is one."""
    for model in TABLES:
        with told("Try again; flask --app webapp db check says what a table is like."):
            model.create(click.echo)
        click.echo(f"table {model.Meta.table_name} is ready")
    if settings.key_file:
        try:
            KeyFile(settings.key_file).create()
        except OSError as error:
            raise click.ClickException(f"{settings.key_file} can't be made: {error.strerror}") from None
        click.echo(f"key file {settings.key_file} is ready")
    if settings.original == "encrypt":
        _warn_without_keys()


def _warn_without_keys() -> None:
    try:
        get_wrapping().create_key("none")
    except KeysUnavailable as error:
        click.echo(f"no log can be stored until there is a key to encrypt originals with: {error}", err=True)
        if not settings.key_file:
            click.echo(
                f"make one in KMS under {settings.kms_key}, or set SLUICE_KMS_KEY to one that is there", err=True
            )


@database.cli.command("check")
def check_tables() -> None:
    """Compare the tables with what Sluice needs; a line for each difference says what to do, and the exit code is 1."""
    different = False
    for model in TABLES:
        with told("Try again."):
            lines = list(find_differences(model))
        for line in lines or [f"table {model.Meta.table_name} is as it should be"]:
            click.echo(line)
        different = different or bool(lines)
    if different:
        raise click.exceptions.Exit(1)


@broker.cli.command("create")
def create_broker() -> None:
    """Create the queues, or bring their attributes up to date."""
    click.echo(f"queues {', '.join(create_queues())} are ready")


@broker.cli.command("sweep")
@click.option(
    "--older-than",
    type=click.IntRange(min=0),
    default=settings.control_lease_seconds,
    show_default=True,
    metavar="SECONDS",
    help="Only what belongs to a process that was last seen this long ago.",
)
def sweep_broker(older_than: int) -> None:
    """Delete the control queues and subscriptions of processes that are gone; those of living ones stay."""
    click.echo(f"looking for control queues without an owner; if there are any, again in {SECOND_LOOK_SECONDS:g} s")
    swept = sweep(older_than)
    for name in swept.queues:
        click.echo(f"deleted queue {name}")
    for arn in swept.subscriptions:
        click.echo(f"deleted subscription {arn}")
    click.echo(f"swept {len(swept.queues)} queues, {len(swept.subscriptions)} subscriptions")
