"""The failure queue in an operator's hands: what is held is given back, whatever ends the command."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from botocore.exceptions import BotoCoreError, ClientError
from tqdm import tqdm

from broker.failures.failure_queue import FailureQueue
from broker.failures.held_messages import HIDDEN_SECONDS
from observability import get_error_code

BAR_AFTER_SECONDS = 2
"""What is done sooner needs no progress bar."""


@contextmanager
def open_letters(*, lines: bool = False) -> Iterator[FailureQueue]:
    """The failure queue, with a progress bar where somebody looks at it; SIGTERM ends it as Ctrl-C does.

    Args:
        lines: the command prints as it goes, which is progress enough on a terminal.
    Raises:
        click.ClickException: SQS does not answer, or refuses; it says what to do.
    """
    with _interrupted_by(signal.SIGTERM, signal.SIGHUP), _explained():
        with bar_of("looked at", hidden=lines and sys.stdout.isatty()) as bar:
            letters = FailureQueue(on_received=bar.update)
            bar.total = letters.visible
            try:
                yield letters
            finally:
                bar.close()
                _give_back(letters)
        _say_what_is_missing(letters)


def _give_back(letters: FailureQueue) -> None:
    with bar_of("given back", len(letters)) as bar:
        try:
            for count in letters.give_back():
                bar.update(count)
        finally:
            if left := len(letters):
                _say(
                    f"{left} messages are not given back: SQS hides them for {HIDDEN_SECONDS} s and as long as this ran"
                )


def _say_what_is_missing(letters: FailureQueue) -> None:
    if letters.is_full:
        _say(
            "SQS hands out no more messages before some of these are deleted, and there may be more: redrive or "
            "discard some (export keeps them), then run it again"
        )
    if letters.held_elsewhere and (letters.is_complete or letters.is_full):
        _say(f"about {letters.held_elsewhere} messages more are held by somebody else who looks at them now")


def _say(what: str) -> None:
    click.echo(what, err=True)


def bar_of(what: str, total: int | None = None, *, hidden: bool = False) -> "tqdm[NoReturn]":
    """A progress bar about messages, for what takes long and where somebody looks at it."""
    return tqdm(desc=what, total=total, unit=" messages", delay=BAR_AFTER_SECONDS, leave=False, disable=hidden or None)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "an error")
        raise click.ClickException(f"SQS answers {code}; is the queue there (flask broker create)?") from None
    except BotoCoreError as error:
        raise click.ClickException(f"SQS does not answer ({get_error_code(error)}); try again") from None


@contextmanager
def _interrupted_by(*signals: signal.Signals) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in signals}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
