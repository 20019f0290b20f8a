"""`flask --app webapp failures …`: what could not be done, looked at, put back, thrown away, kept in a file."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO, TypeVar

import click
from botocore.exceptions import BotoCoreError, ClientError
from flask import Blueprint
from tqdm import tqdm

from broker.dead_letters import DeadLetter, DeadLetters
from broker.sending import NotSent
from webapp.failure_selection import Selection

failures = Blueprint("failures", __name__)

_Command = TypeVar("_Command", bound=Callable[..., Any])
IMPORT_AT_ONCE = 10


@contextmanager
def open_letters() -> Iterator[DeadLetters]:
    """The failure queue; what SQS could not do becomes a line that says what to do."""
    try:
        with DeadLetters() as letters:
            yield letters
    except ClientError as error:
        code = error.response["Error"].get("Code", "an error")
        raise click.ClickException(f"SQS answers {code}; is the queue there (flask broker create)?") from None
    except NotSent as error:
        raise click.ClickException(f"{error}; run it again, storing twice is harmless") from None
    except BotoCoreError as error:
        raise click.ClickException(f"SQS does not answer ({type(error).__name__}); try again") from None


class _Since(click.ParamType[str]):
    """A time in ISO 8601; without an offset it is UTC."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value:
            return ""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-01-31T12:00", param, ctx)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment.isoformat(timespec="seconds")


def _selects(command: _Command) -> _Command:
    for option in (
        click.option("--since", type=_Since(), default="", help="Those that failed at this time (UTC) or later."),
        click.option("--reason", default="", help="Those with this reason."),
        click.option("--tenant", default="", help="Those of this tenant."),
    ):
        command = option(command)
    return command


def _chooses(command: _Command) -> _Command:
    """Options of commands that change something: they do it to all only when they are told so."""
    command = _selects(command)
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
@_selects
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def list_failures(tenant: str, reason: str, since: str, as_json: bool) -> None:
    """List the failure queue: id, age, reason, tenant, how many logs. Never a text."""
    with open_letters() as letters:
        count = 0
        for letter in Selection(tenant=tenant, reason=reason, since=since).of(letters):
            count += 1
            click.echo(json.dumps(letter.shown()) if as_json else _line(letter))
        if not as_json:
            click.echo(f"{count} messages", err=True)


def _line(letter: DeadLetter) -> str:
    task = letter.task.rpartition(".")[2] or "-"
    return (
        f"{letter.message_id}  {_age(letter):>6}  {letter.reason:18} {letter.tenant_id or '-':20} {task:8}"
        f" {len(letter.log_ids)} logs"
    )


def _age(letter: DeadLetter) -> str:
    seconds = letter.age_seconds
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f}{unit}"
    return f"{seconds:.0f}s"


@failures.cli.command("show")
@click.argument("message_id")
def show_failure(message_id: str) -> None:
    """Print what is known about a message, without its text."""
    with open_letters() as letters:
        letter = next(Selection(frozenset([message_id])).of(letters), None)
    if letter is None:
        raise click.ClickException(f"there is no message {message_id} in the failure queue, or somebody holds it")
    click.echo(json.dumps(letter.shown(), indent=2))


@failures.cli.command("stats")
def stats() -> None:
    """Count the messages by reason and tenant, with the age of the oldest."""
    counts: Counter[tuple[str, str]] = Counter()
    oldest: dict[tuple[str, str], DeadLetter] = defaultdict()
    with open_letters() as letters:
        for letter in tqdm(letters, total=letters.approximate_count(), unit="message", disable=None):
            key = letter.reason, letter.tenant_id or "-"
            counts[key] += 1
            if key not in oldest or letter.failed_at < oldest[key].failed_at:
                oldest[key] = letter
    for (reason, tenant), count in counts.most_common():
        click.echo(f"{count:8} {reason:18} {tenant:20} oldest {_age(oldest[reason, tenant])}")
    click.echo(f"{counts.total():8} messages")


@failures.cli.command("redrive")
@_chooses
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def redrive(ids: tuple[str, ...], everything: bool, tenant: str, reason: str, since: str, dry_run: bool) -> None:
    """Put messages back to the queue that they came from, with a fresh count of tries.

    A message is deleted here once it is there. What can't run (it is no message of ours) stays.
    """
    selection = _chosen(ids, everything, tenant, reason, since)
    with open_letters() as letters:
        total = letters.approximate_count()
        if dry_run:
            runs = Counter(bool(letter.origin_queue) for letter in selection.of(letters))
            click.echo(f"would put back {runs[True]} messages; {runs[False]} can't run and would stay")
            return
        back = sum(1 for _ in tqdm(selection.redrive(letters), total=total, unit="message", disable=None))
        click.echo(f"{back} messages are back; what can't run stays")


@failures.cli.command("discard")
@_chooses
@click.option("--yes", is_flag=True, help="Don't ask.")
def discard(ids: tuple[str, ...], everything: bool, tenant: str, reason: str, since: str, yes: bool) -> None:
    """Delete messages for good. The logs in them are lost; `export` keeps them."""
    selection = _chosen(ids, everything, tenant, reason, since)
    if not yes:
        click.confirm("The logs in these messages will be lost. Delete them?", abort=True)
    with open_letters() as letters:
        deleted = sum(tqdm(selection.discard(letters), unit="slice", disable=None))
    click.echo(f"{deleted} messages are deleted")


@failures.cli.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"))
@_selects
def export(file: TextIO, tenant: str, reason: str, since: str) -> None:
    """Write messages to FILE, a JSON object a line, before SQS's 14 days run out. FILE has the texts in it: guard it.

    The messages stay in the queue.
    """
    count = 0
    with open_letters() as letters:
        total = letters.approximate_count()
        for letter in tqdm(
            Selection(tenant=tenant, reason=reason, since=since).of(letters), total=total, unit="message", disable=None
        ):
            file.write(json.dumps({**letter.shown(), "body": letter.body}) + "\n")
            count += 1
    click.echo(f"{count} messages are in {file.name}")


@failures.cli.command("import")
@click.argument("file", type=click.File(encoding="utf-8"))
def import_(file: TextIO) -> None:
    """Put the messages of an exported FILE into the failure queue again."""
    bodies = []
    for number, line in enumerate(file, start=1):
        try:
            body = json.loads(line)["body"]
        except (ValueError, KeyError, TypeError):
            body = None
        if not isinstance(body, str):
            raise click.ClickException(f"line {number} of {file.name} is no exported message; nothing was put in")
        bodies.append(body)
    with open_letters() as letters:
        for start in tqdm(range(0, len(bodies), IMPORT_AT_ONCE), unit="batch", disable=None):
            letters.add(bodies[start : start + IMPORT_AT_ONCE])
    click.echo(f"{len(bodies)} messages are in the failure queue")
