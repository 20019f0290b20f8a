"""Held messages: hidden from others while the process lives, then settled."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from broker.batching import ReceiptsByQueue, batched
from broker.transport.acks import Timers
from broker.transport.polling import FAILED_STATUS, PollingConnection
from observability import get_error_code

logger = logging.getLogger(__name__)

# So one beat may fail or come late, and the next one still finds the message hidden.
BEATS_PER_TIMEOUT = 3
# For entries that SQS fails alone, in a call that works.
TRIES = 3

Entries = list[dict[str, Any]]


class VisibilityHeartbeat:
    """Extends the visibility timeout of every held message in time.

    Three times in one timeout.

    Without it a task that takes longer than the timeout runs twice. With a long timeout instead, as stock kombu has
    (30 minutes), the messages of a killed worker come back as late.

    Args:
        timers: the event loop.
        connect: returns the asynchronous client.
        timeout_seconds: the visibility timeout.
        get_held: returns the receipts of the messages held now.
        on_extended: called with the receipts whose timeout began anew.
    """

    def __init__(
        self,
        timers: Timers,
        connect: Callable[[], PollingConnection],
        timeout_seconds: int,
        get_held: Callable[[], ReceiptsByQueue],
        on_extended: Callable[[set[str]], None],
    ) -> None:
        self._timers = timers
        self._connect = connect
        self._timeout_seconds = timeout_seconds
        self._get_held = get_held
        self._on_extended = on_extended
        self._running = False

    def start(self) -> None:
        """Start the beats; does nothing if they run."""
        if not self._running:
            self._running = True
            self._schedule()

    def stop(self) -> None:
        """Stop the beats."""
        self._running = False

    def _schedule(self) -> None:
        self._timers.call_later(self._timeout_seconds / BEATS_PER_TIMEOUT, self._beat)

    def _beat(self) -> None:
        if not self._running:
            return
        for queue_url, receipts in self._get_held().items():
            for batch in batched(receipts):
                self._connect().change_visibility_batch(
                    queue_url, batch, self._timeout_seconds, partial(self._on_answer, batch)
                )
        self._schedule()

    def _on_answer(self, batch: Sequence[str], answer: dict[str, Any]) -> None:
        if FAILED_STATUS not in answer:
            self._on_extended({batch[int(entry["Id"])] for entry in answer.get("Successful", [])})


def delete_now(client: Any, held: ReceiptsByQueue) -> None:
    """Ack messages with blocking calls, before a process stops.

    SQS delivers the messages that this can't delete again after their visibility timeout, and their tasks run again.

    Args:
        client: boto3's SQS client, with short timeouts.
        held: receipts of the messages.
    """
    _call_in_batches(held, "ack", lambda url, entries: client.delete_message_batch(QueueUrl=url, Entries=entries), {})


def make_visible_now(client: Any, held: ReceiptsByQueue) -> bool:
    """Give messages back to SQS with blocking calls.

    Others receive them at once.

    Args:
        client: boto3's SQS client, with short timeouts.
        held: receipts of the messages.
    Returns:
        True if SQS took the calls. If not, the remaining messages come back after their visibility timeout.
    """
    return _call_in_batches(
        held,
        "give back",
        lambda url, entries: client.change_message_visibility_batch(QueueUrl=url, Entries=entries),
        {"VisibilityTimeout": 0},
    )


def _call_in_batches(
    held: ReceiptsByQueue, action: str, call: Callable[[str, Entries], Any], options: Mapping[str, Any]
) -> bool:
    for url, receipts in held.items():
        for batch in batched(receipts):
            entries = [{"Id": str(index), "ReceiptHandle": receipt, **options} for index, receipt in enumerate(batch)]
            try:
                failed = _call_with_retries(call, url, entries)
            except (ClientError, BotoCoreError, OSError) as error:
                logger.warning("could not %s messages (%s): %d", action, get_error_code(error), len(batch))
                return False  # the other batches would wait for the same outage, and the process has to stop
            if failed:
                logger.warning("could not %s messages (SQS failed these alone): %d", action, len(failed))
    return True


def _call_with_retries(call: Callable[[str, Entries], Any], url: str, entries: Entries) -> Entries:
    """Return the entries that failed TRIES times.

    Those that SQS calls the sender's fault are not among them: trying again does not help.
    """
    for _ in range(TRIES):
        answer = call(url, entries)
        failed = {entry["Id"] for entry in answer.get("Failed", []) if not entry["SenderFault"]}
        entries = [entry for entry in entries if entry["Id"] in failed]
        if not entries:
            break
    return entries
