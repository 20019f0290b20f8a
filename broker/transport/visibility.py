"""Messages that a process holds: hidden from others while it lives, settled when it stops."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from broker.batching import Held, batches
from broker.transport.acks import Timers
from broker.transport.polling import FAILED_STATUS, PollingConnection

logger = logging.getLogger(__name__)

BEATS_PER_TIMEOUT = 3
TRIES = 3

Entries = list[dict[str, Any]]


class VisibilityHeartbeat:
    """Extends the visibility timeout of every held message, three times in one timeout.

    So a slow batch is not run twice, and the message of a worker that dies is back after one timeout.

    Args:
        timers: the event loop.
        connection: makes the asynchronous client.
        timeout_seconds: the visibility timeout.
        held: what is held now.
        extended: is told the receipts whose timeout began anew.
    """

    def __init__(
        self,
        timers: Timers,
        connection: Callable[[], PollingConnection],
        timeout_seconds: int,
        held: Callable[[], Held],
        extended: Callable[[set[str]], None],
    ) -> None:
        self._timers = timers
        self._connection = connection
        self._timeout_seconds = timeout_seconds
        self._held = held
        self._extended = extended
        self._running = False

    def start(self) -> None:
        """Beat from now on."""
        if not self._running:
            self._running = True
            self._schedule()

    def stop(self) -> None:
        """Beat no more."""
        self._running = False

    def _schedule(self) -> None:
        self._timers.call_later(self._timeout_seconds / BEATS_PER_TIMEOUT, self._beat)

    def _beat(self) -> None:
        if not self._running:
            return
        for queue_url, receipts in self._held().items():
            for batch in batches(receipts):
                self._connection().change_visibility_batch(
                    queue_url, batch, self._timeout_seconds, partial(self._answered, batch)
                )
        self._schedule()

    def _answered(self, batch: Sequence[str], answer: dict[str, Any]) -> None:
        if FAILED_STATUS not in answer:
            self._extended({batch[int(entry["Id"])] for entry in answer.get("Successful", [])})


def delete_now(client: Any, held: Held) -> None:
    """Ack messages. Those that it can't reach come back after their visibility timeout and are done again.

    Args:
        client: boto3's SQS client.
        held: the messages.
    """
    _in_batches(held, "ack", lambda url, entries: client.delete_message_batch(QueueUrl=url, Entries=entries), {})


def make_visible_now(client: Any, held: Held) -> bool:
    """Give messages back, for others to take at once. Those it can't reach come back a timeout later.

    Args:
        client: boto3's SQS client.
        held: the messages.
    Returns:
        Whether SQS took the calls.
    """
    return _in_batches(
        held,
        "give back",
        lambda url, entries: client.change_message_visibility_batch(QueueUrl=url, Entries=entries),
        {"VisibilityTimeout": 0},
    )


def _in_batches(held: Held, what: str, call: Callable[[str, Entries], Any], options: Mapping[str, Any]) -> bool:
    for url, receipts in held.items():
        for batch in batches(receipts):
            entries = [{"Id": str(place), "ReceiptHandle": receipt, **options} for place, receipt in enumerate(batch)]
            try:
                left = _try(call, url, entries)
            except (ClientError, BotoCoreError, OSError) as error:
                logger.warning("could not %s %d messages: %s", what, len(batch), type(error).__name__)
                return False  # the rest would wait for the same outage, and the process is to stop
            if left:
                logger.warning("could not %s %d messages: SQS refused them alone", what, len(left))
    return True


def _try(call: Callable[[str, Entries], Any], url: str, entries: Entries) -> Entries:
    """The entries that failed TRIES times though nothing is wrong with them."""
    for _ in range(TRIES):
        answer = call(url, entries)
        failed = {entry["Id"] for entry in answer.get("Failed", []) if not entry["SenderFault"]}
        entries = [entry for entry in entries if entry["Id"] in failed]
        if not entries:
            break
    return entries
