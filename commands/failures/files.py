"""`./sluice failures export` and `import`: dead letters kept in a file."""

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
from commands.failures.group import failures
from commands.failures.options import Filters, filter_options
from commands.failures.session import make_message_bar, open_failure_queue
from commands.framework.parameters import format_count

STANDARD_STREAM = Path("-")


@failures.reads("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@filter_options
def export_failures(file: Path, filters: Filters) -> None:
    """Write messages and their texts to FILE, a JSON object a line.

    Guard FILE: it holds logs. The messages stay in the queue, until SQS deletes them after 14 days. FILE must not exist
    yet, and exists once all messages are in it; - is the standard output.
    """
    count = 0
    with _write_new(file) as lines, open_failure_queue() as letters:
        for letter in filters.build_selection().select(letters):
            lines.write(json.dumps({**letter.to_public_dict(), "body": letter.body}) + "\n")
            count += 1
    filters.check_tenant(count)
    click.echo(f"wrote {format_count(count, 'message')} to {file}", err=file == STANDARD_STREAM)


@contextmanager
def _write_new(file: Path) -> Iterator[TextIO]:
    """Write a file for the owner only, whole or not at all."""
    if file == STANDARD_STREAM:
        yield sys.stdout
        return
    if file.exists():
        raise click.ClickException(f"{file} exists already, and may be the only copy of its messages")
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


@failures.writes("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True))
def import_failures(file: Path) -> None:
    """Put the messages of an exported FILE back into the failure queue.

    - is the standard input.
    """
    refused: list[int] = []
    with _open_seekable(file) as lines:
        count = sum(1 for _ in _read_bodies(lines, file))
        lines.seek(0)
        bodies = _read_bodies(lines, file)
        with open_failure_queue() as letters, make_message_bar("put in", count) as bar:
            while chunk := list(islice(bodies, BATCH_SIZE)):
                refused += [chunk[index][0] for index in letters.put([body for _, body in chunk])]
                bar.update(len(chunk))
    click.echo(f"put {format_count(count - len(refused), 'message')} into the failure queue")
    if refused:
        raise click.ClickException(f"SQS refused the messages in these lines of {file}: {', '.join(map(str, refused))}")


@contextmanager
def _open_seekable(file: Path) -> Iterator[BinaryIO]:
    """Open a file that can be read twice."""
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


def _read_bodies(lines: BinaryIO, file: Path) -> Iterator[tuple[int, str]]:
    """Yield the number of each line, and the message in it.

    Raises:
        click.ClickException: a line is not an exported message.
    """
    for number, line in enumerate(lines, start=1):
        try:
            body = json.loads(line)["body"]
        except (ValueError, LookupError, TypeError, RecursionError):
            body = None
        if not isinstance(body, str) or not body:
            raise click.ClickException(f"Line {number} of {file} is not an exported message; nothing was put in.")
        yield number, body
