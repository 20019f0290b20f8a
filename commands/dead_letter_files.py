"""`flask --app webapp failures export` and `import`: what could not be done, kept in a file."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from broker.batching import BATCH_SIZE
from broker.failures.selection import Selection
from commands.dead_letter_session import bar_of, open_letters
from commands.dead_letters import failures, selects

__all__ = ["failures"]

STANDARD_STREAM = Path("-")


@failures.cli.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@selects
def export(file: Path, tenant: str, reason: str, since: str) -> None:
    """Write messages to FILE, a JSON object a line, before SQS's 14 days run out. FILE has the texts in it: guard it.

    The messages stay in the queue. FILE must not be there yet, and is there when all of them are in it; - is the
    standard output.
    """
    count = 0
    with _written(file) as lines, open_letters() as letters:
        for letter in Selection(tenant=tenant, reason=reason, since=since).select(letters):
            lines.write(json.dumps({**letter.to_public_dict(), "body": letter.body}) + "\n")
            count += 1
    click.echo(f"{count} messages are in {file}", err=file == STANDARD_STREAM)


@contextmanager
def _written(file: Path) -> Iterator[TextIO]:
    """A new file, for its owner alone, whole or not at all."""
    if file == STANDARD_STREAM:
        yield sys.stdout
        return
    if file.exists():
        raise click.ClickException(f"{file} is there already, and may be the only copy of what is in it")
    part = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as lines:
            yield lines
            lines.flush()
            os.fsync(lines.fileno())
        part.rename(file)
    except OSError as error:
        raise click.ClickException(f"{file} can't be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


@failures.cli.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True))
def import_(file: Path) -> None:
    """Put the messages of an exported FILE into the failure queue again; - is the standard input."""
    refused: list[int] = []
    with _read(file) as lines:
        count = sum(1 for _ in _bodies(lines, file))
        lines.seek(0)
        bodies = _bodies(lines, file)
        with open_letters() as letters, bar_of("put in", count) as bar:
            while some := list(islice(bodies, BATCH_SIZE)):
                refused += [some[place][0] for place in letters.put([body for _, body in some])]
                bar.update(len(some))
    click.echo(f"{count - len(refused)} messages are in the failure queue")
    if refused:
        raise click.ClickException(f"SQS did not take those in these lines of {file}: {', '.join(map(str, refused))}")


@contextmanager
def _read(file: Path) -> Iterator[BinaryIO]:
    """A file that can be read twice."""
    try:
        if file != STANDARD_STREAM:
            with file.open("rb") as lines:
                yield lines
            return
        with tempfile.TemporaryFile() as lines:
            shutil.copyfileobj(sys.stdin.buffer, lines)
            lines.seek(0)
            yield lines
    except OSError as error:
        raise click.ClickException(f"{file} can't be read: {error.strerror}") from None


def _bodies(lines: BinaryIO, file: Path) -> Iterator[tuple[int, str]]:
    """The numbers of the lines, and the messages in them.

    Raises:
        click.ClickException: a line is no exported message.
    """
    for number, line in enumerate(lines, start=1):
        try:
            body = json.loads(line)["body"]
        except (ValueError, LookupError, TypeError, RecursionError):
            body = None
        if not isinstance(body, str) or not body:
            raise click.ClickException(f"line {number} of {file} is no exported message; nothing was put in")
        yield number, body
