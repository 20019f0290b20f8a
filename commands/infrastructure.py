"""`./sluice db …` and `./sluice broker …`: tables and queues."""

import click

from broker.control.sweep import SECOND_LOOK_SECONDS, sweep
from broker.queues import create_queues
from commands.framework.errors import dynamodb_errors_as_click_errors, sqs_errors_as_click_errors
from commands.framework.groups import CommandGroup
from commands.framework.parameters import format_count
from models import TABLES, find_differences
from originals import KeyFile, KeysUnavailable, get_wrapping
from settings import settings


@click.group("db", cls=CommandGroup)
def database() -> None:
    """Create and check the DynamoDB tables."""


@click.group("broker", cls=CommandGroup)
def broker() -> None:
    """Create the SQS queues, and sweep those of remote control."""


@database.writes("create")
def create_tables() -> None:
    """Create missing tables, and bring older ones up to date.

    Also makes the key file, if SLUICE_KEY_FILE names one. Nothing that is stored changes.
    """
    for model in TABLES:
        with dynamodb_errors_as_click_errors("Try again; `./sluice db check` compares each table."):
            model.create(click.echo)
        click.echo(f"table {model.Meta.table_name} is ready")
    if settings.key_file:
        try:
            KeyFile(settings.key_file).create()
        except OSError as error:
            raise click.ClickException(f"The key file {settings.key_file} can't be made: {error.strerror}") from None
        click.echo(f"key file {settings.key_file} is ready")
    if settings.original == "encrypt":
        _warn_without_keys()


def _warn_without_keys() -> None:
    try:
        get_wrapping().create_key("none")
    except KeysUnavailable as error:
        click.echo(f"no log can be stored until there is a key that encrypts originals: {error}", err=True)
        if not settings.key_file:
            click.echo(
                f"create one in KMS under {settings.kms_key}, or set SLUICE_KMS_KEY to one that exists", err=True
            )


@database.reads("check")
def check_tables() -> None:
    """Compare the tables with what Sluice needs.

    A line for each difference says what to do; the exit code is 1 if there is one.
    """
    different = False
    for model in TABLES:
        with dynamodb_errors_as_click_errors():
            lines = list(find_differences(model))
        for line in lines or [f"table {model.Meta.table_name} is as it should be"]:
            click.echo(line)
        different = different or bool(lines)
    if different:
        raise click.exceptions.Exit(1)


@broker.writes("create")
def create_broker() -> None:
    """Create the queues, or bring their attributes up to date."""
    with sqs_errors_as_click_errors():
        queues = create_queues()
    click.echo(f"queues {', '.join(queues)} are ready")


@broker.writes("sweep")
@click.option(
    "--older-than",
    type=click.IntRange(min=0),
    default=settings.control_lease_seconds,
    show_default=True,
    metavar="SECONDS",
    help="Only those whose process was last seen this long ago.",
)
def sweep_broker(older_than: int) -> None:
    """Delete control queues and subscriptions of processes that ended.

    Those of running processes stay.
    """
    click.echo(f"looking for control queues without an owner; if there are any, again in {SECOND_LOOK_SECONDS:g} s")
    with sqs_errors_as_click_errors():
        swept = sweep(older_than)
    for name in swept.queues:
        click.echo(f"deleted queue {name}")
    for arn in swept.subscriptions:
        click.echo(f"deleted subscription {arn}")
    subscriptions = format_count(len(swept.subscriptions), "subscription")
    click.echo(f"swept {format_count(len(swept.queues), 'queue')}, {subscriptions}")
