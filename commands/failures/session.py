"""The open failure queue: messages are held, and given back."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from tqdm import tqdm

from broker.failures.failure_queue import FailureQueue
from broker.failures.held_messages import HIDDEN_SECONDS
from broker.failures.selection import Selection
from commands.framework.errors import sqs_errors_as_click_errors
from commands.framework.parameters import format_count

BAR_AFTER_SECONDS = 2
"""Shorter work needs no progress bar."""


@contextmanager
def open_failure_queue(*, prints_lines: bool = False) -> Iterator[FailureQueue]:
    """Open the failure queue, with a progress bar on a terminal.

    However the block ends, the messages that it holds are given back: SIGTERM and SIGHUP end it as Ctrl-C does.

    Args:
        prints_lines: the command prints as it goes, which is progress enough on a terminal.

    Raises:
        click.ClickException: SQS refused or did not answer; the message says what to do.
    """
    with _interrupt_on(signal.SIGTERM, signal.SIGHUP), sqs_errors_as_click_errors():
        with make_message_bar("looked at", hidden=prints_lines and sys.stdout.isatty()) as bar:
            letters = FailureQueue(on_received=bar.update)
            bar.total = letters.visible
            try:
                yield letters
            finally:
                bar.close()
                _give_back(letters)
        _warn_about_missing_messages(letters)


def has_dead_letters(tenant_id: str) -> bool:
    """Return whether the failure queue has a message of a tenant."""
    with open_failure_queue() as letters:
        return any(Selection(tenant=tenant_id).select(letters))


def _give_back(letters: FailureQueue) -> None:
    with make_message_bar("given back", len(letters)) as bar:
        try:
            for count in letters.give_back():
                bar.update(count)
        finally:
            if left := len(letters):
                _warn(
                    f"{format_count(left, 'message')} could not be given back: SQS hides them for {HIDDEN_SECONDS} s "
                    "and as long as this command ran"
                )


def _warn_about_missing_messages(letters: FailureQueue) -> None:
    if letters.is_full:
        _warn(
            "SQS hands out no more messages before some of these are deleted, and there may be more: redrive or "
            "discard some (export keeps them), then run it again"
        )
    if letters.held_elsewhere and (letters.is_complete or letters.is_full):
        held = format_count(letters.held_elsewhere, "message")
        _warn(f"about {held} more, held by another command or request at this moment")


def _warn(line: str) -> None:
    click.echo(line, err=True)


def make_message_bar(action: str, total: int | None = None, *, hidden: bool = False) -> "tqdm[NoReturn]":
    """Make a progress bar, shown if the work takes long."""
    return tqdm(
        desc=action, total=total, unit=" messages", delay=BAR_AFTER_SECONDS, leave=False, disable=hidden or None
    )


@contextmanager
def _interrupt_on(*signals: signal.Signals) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in signals}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
