"""`./sluice failures …`: list, count, redrive and discard dead letters."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from broker.failures.dead_letter import DeadLetter
from broker.failures.failure_queue import FailureQueue
from commands.failures.options import Filters, filter_options, required_filter_options
from commands.failures.session import open_failure_queue
from commands.framework.groups import CommandGroup
from commands.framework.parameters import format_count


@click.group("failures", cls=CommandGroup)
def failures() -> None:
    """List, redrive, discard and export dead letters.

    A dead letter is a message of the failure queue: logs that could not be redacted or stored. SQS keeps it for 14
    days. Only `export` prints the texts.
    """


@failures.reads("list")
@filter_options
@click.option("--log", "log_id", default="", metavar="ID", help="With this log in it.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def list_failures(filters: Filters, log_id: str, as_json: bool) -> None:
    """List dead letters without their texts.

    A line has the id, age, reason, tenant, task, and the log's id or how many logs there are. While this runs, other
    commands and requests don't see the messages.
    """
    count = 0
    with open_failure_queue(prints_lines=True) as letters:
        for letter in filters.build_selection().select(letters):
            if log_id and log_id not in letter.log_ids:
                continue
            count += 1
            click.echo(json.dumps(letter.to_public_dict()) if as_json else _format_line(letter))
    filters.check_tenant(count)
    if not as_json:
        click.echo(f"{format_count(count, 'message')}{_format_copies(letters.copies)}", err=True)


def _format_line(letter: DeadLetter) -> str:
    task = letter.task.rpartition(".")[2] or "-"
    return (
        f"{letter.id}  {_format_age(letter.age_seconds):>6}  {letter.reason:18} {letter.tenant_id or '-':20} {task:8}"
        f" {_format_logs(letter)}"
    )


def _format_logs(letter: DeadLetter) -> str:
    if len(letter.log_ids) == 1 and letter.log_ids[0].isprintable():
        return f"log {letter.log_ids[0]}"
    return format_count(len(letter.log_ids), "log")


def _format_copies(count: int) -> str:
    if not count:
        return ""
    copies = "1 copy" if count == 1 else f"{count} copies"
    return f" (and {copies}: SQS delivered a message twice, and it failed twice)"


def _format_age(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f}{unit}"
    return f"{seconds:.0f}s"


@failures.reads("show")
@click.argument("message_id", metavar="ID")
def show_failure(message_id: str) -> None:
    """Print all about one dead letter but its text."""
    with open_failure_queue() as letters:
        letter = next(Filters().build_selection((message_id,)).select(letters), None)
    if letter is None:
        raise click.ClickException(
            f"There is no message {message_id} in the failure queue, or another command holds it; see: "
            "./sluice failures list"
        )
    click.echo(json.dumps(letter.to_public_dict(), indent=2))


@failures.reads("stats")
def print_stats() -> None:
    """Count dead letters by reason and tenant, with the oldest's age."""
    with open_failure_queue() as letters:
        lines = list(_build_stats(letters))
    click.echo("\n".join(lines))


def _build_stats(letters: FailureQueue) -> Iterator[str]:
    counts: Counter[tuple[str, str]] = Counter()
    oldest: dict[tuple[str, str], str] = {}
    first_end = ""
    for letter in letters:
        key = letter.reason, letter.tenant_id or "-"
        counts[key] += 1
        oldest[key] = min(oldest.get(key, letter.failed_at), letter.failed_at)
        first_end = min(first_end or letter.expires_at, letter.expires_at)
    for (reason, tenant), count in counts.most_common():
        age = _format_age(_get_seconds_since(oldest[reason, tenant]))
        yield f"{count:8} {reason:18} {tenant:20} oldest {age}"
    noun = "message" if counts.total() == 1 else "messages"
    yield f"{counts.total():8} {noun}{_format_copies(letters.copies)}"
    if first_end:
        left = _format_age(-_get_seconds_since(first_end))
        yield f"SQS deletes the first of them in {left}; `./sluice failures export` keeps them"


def _get_seconds_since(time: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds()


@failures.writes("redrive")
@required_filter_options
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def redrive(filters: Filters, ids: tuple[str, ...], dry_run: bool) -> None:
    """Put messages back into their queues, with a fresh count of tries.

    A message is deleted from the failure queue once its queue has it, and its copies with it. A message that is not
    Sluice's can't run, and stays.
    """
    with open_failure_queue() as letters:
        done = filters.build_selection(ids).redrive(letters, dry_run=dry_run)
    filters.check_tenant(done.back + done.cannot_run + done.refused)
    click.echo(f"{'would put back' if dry_run else 'put back'} {format_count(done.back, 'message')}")
    if done.cannot_run:
        click.echo(
            f"{done.cannot_run} can't run and stay: they are not messages of Sluice; see: ./sluice failures show ID"
        )
    if done.refused:
        raise click.ClickException(
            f"SQS did not take {format_count(done.refused, 'message')}; they stay. Run the command again."
        )
    _check_that_all_were_there(len(ids), done.back + done.cannot_run)
    if ids and done.cannot_run:
        raise click.ClickException("Messages that can't run can only be shown, exported and discarded.")


@failures.writes("discard")
@required_filter_options
@click.option("--yes", is_flag=True, help="Don't ask.")
def discard(filters: Filters, ids: tuple[str, ...], yes: bool) -> None:
    """Delete messages for good.

    The logs in them are lost; `./sluice failures export` keeps them.
    """
    if not yes:
        click.confirm("The logs in these messages will be lost. Delete them?", abort=True)
    with open_failure_queue() as letters:
        done = filters.build_selection(ids).discard(letters)
    filters.check_tenant(done.deleted + done.refused)
    click.echo(f"deleted {format_count(done.deleted, 'message')}")
    if done.refused:
        raise click.ClickException(
            f"SQS did not delete {format_count(done.refused, 'message')}; they stay. Run the command again."
        )
    _check_that_all_were_there(len(ids), done.deleted)


def _check_that_all_were_there(wanted: int, found: int) -> None:
    if found < wanted:
        raise click.ClickException(
            f"{format_count(wanted - found, 'message')} of {wanted} not found in the failure queue, or held by another "
            "command"
        )
