"""`flask --app webapp failures …`: what could not be done, looked at, put back, thrown away."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from flask import Blueprint

from broker.failures.dead_letter import DeadLetter
from broker.failures.selection import Selection
from commands.dead_letter_session import open_letters
from foundation.timestamps import format_failure_time

failures = Blueprint("failures", __name__)

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Since(click.ParamType[str]):
    """A time in ISO 8601; without an offset it is UTC."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value:
            return ""
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-01-31T12:00", param, ctx)
        return format_failure_time(time if time.tzinfo else time.replace(tzinfo=UTC))


def selects(command: _Command) -> _Command:
    """Options that choose messages."""
    for option in (
        click.option("--since", type=_Since(), default="", help="Those that failed at this time (UTC) or later."),
        click.option("--reason", default="", help="Those with this reason."),
        click.option("--tenant", default="", help="Those of this tenant."),
    ):
        command = option(command)
    return command


def _chooses(command: _Command) -> _Command:
    """Options of commands that change something: they do it to all only when they are told so."""
    command = selects(command)
    for option in (
        click.option("--all", "everything", is_flag=True, help="All of them."),
        click.option("--id", "ids", multiple=True, metavar="ID", help="This one; may be given more than once."),
    ):
        command = option(command)
    return command


def _chosen(ids: tuple[str, ...], everything: bool, tenant: str, reason: str, since: str) -> Selection:
    if not (ids or tenant or reason or since or everything):
        raise click.UsageError("say which: --id, --tenant, --reason, --since, or --all")
    return Selection(frozenset(ids), tenant, reason, since)


@failures.cli.command("list")
@selects
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def list_failures(tenant: str, reason: str, since: str, as_json: bool) -> None:
    """List the failure queue: id, age, reason, tenant, task, which log or how many. Never a text.

    Others don't see the messages while this runs.
    """
    count = 0
    with open_letters(lines=True) as letters:
        for letter in Selection(tenant=tenant, reason=reason, since=since).select(letters):
            count += 1
            click.echo(json.dumps(letter.to_public_dict()) if as_json else _line(letter))
    if not as_json:
        click.echo(f"{count} messages{_copies(letters.copies)}", err=True)


def _line(letter: DeadLetter) -> str:
    task = letter.task.rpartition(".")[2] or "-"
    return (
        f"{letter.id}  {_age(letter.age_seconds):>6}  {letter.reason:18} {letter.tenant_id or '-':20} {task:8}"
        f" {_logs(letter)}"
    )


def _logs(letter: DeadLetter) -> str:
    if len(letter.log_ids) == 1 and letter.log_ids[0].isprintable():
        return f"log {letter.log_ids[0]}"
    return f"{len(letter.log_ids)} logs"


def _copies(count: int) -> str:
    return f" (and {count} copies: what SQS delivers twice fails twice)" if count else ""


def _age(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f}{unit}"
    return f"{seconds:.0f}s"


@failures.cli.command("show")
@click.argument("message_id", metavar="ID")
def show_failure(message_id: str) -> None:
    """Print what is known about a message, without its text."""
    with open_letters() as letters:
        letter = next(Selection(frozenset([message_id])).select(letters), None)
    if letter is None:
        raise click.ClickException(f"there is no message {message_id} in the failure queue, or somebody holds it")
    click.echo(json.dumps(letter.to_public_dict(), indent=2))


@failures.cli.command("stats")
def stats() -> None:
    """Count the messages by reason and tenant, with the age of the oldest."""
    counts: Counter[tuple[str, str]] = Counter()
    oldest: dict[tuple[str, str], str] = {}
    ends = ""
    with open_letters() as letters:
        for letter in letters:
            key = letter.reason, letter.tenant_id or "-"
            counts[key] += 1
            oldest[key] = min(oldest.get(key, letter.failed_at), letter.failed_at)
            ends = min(ends or letter.expires_at, letter.expires_at)
    for (reason, tenant), count in counts.most_common():
        click.echo(f"{count:8} {reason:18} {tenant:20} oldest {_age(_seconds_since(oldest[reason, tenant]))}")
    click.echo(f"{counts.total():8} messages{_copies(letters.copies)}")
    if ends:
        click.echo(f"SQS deletes the first of them in {_age(-_seconds_since(ends))}; export keeps them")


def _seconds_since(time: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds()


@failures.cli.command("redrive")
@_chooses
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def redrive(ids: tuple[str, ...], everything: bool, tenant: str, reason: str, since: str, dry_run: bool) -> None:
    """Put messages back to the queue that they came from, with a fresh count of tries.

    A message is deleted here once it is there, copies of it too. What can't run (it is no message of ours) stays.
    """
    selection = _chosen(ids, everything, tenant, reason, since)
    with open_letters() as letters:
        done = selection.redrive(letters, dry_run=dry_run)
    click.echo(f"{'would put back' if dry_run else 'put back'} {done.back} messages")
    if done.cannot_run:
        click.echo(f"{done.cannot_run} can't run and stay: they are no messages of Sluice's (show says what is known)")
    if done.refused:
        raise click.ClickException(f"SQS did not take {done.refused} messages, which stay; run it again")
    _check_that_all_were_there(len(ids), done.back + done.cannot_run)
    if ids and done.cannot_run:
        raise click.ClickException("what can't run can only be shown, exported and discarded")


@failures.cli.command("discard")
@_chooses
@click.option("--yes", is_flag=True, help="Don't ask.")
def discard(ids: tuple[str, ...], everything: bool, tenant: str, reason: str, since: str, yes: bool) -> None:
    """Delete messages for good. The logs in them are lost; `export` keeps them."""
    selection = _chosen(ids, everything, tenant, reason, since)
    if not yes:
        click.confirm("The logs in these messages will be lost. Delete them?", abort=True)
    with open_letters() as letters:
        done = selection.discard(letters)
    click.echo(f"deleted {done.deleted} messages")
    if done.refused:
        raise click.ClickException(f"SQS did not delete {done.refused} messages, which stay; run it again")
    _check_that_all_were_there(len(ids), done.deleted)


def _check_that_all_were_there(asked: int, found: int) -> None:
    if found < asked:
        raise click.ClickException(f"{asked - found} of these are not in the failure queue, or somebody holds them")
