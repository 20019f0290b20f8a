"""Acks that leave together, without blocking: DeleteMessageBatch.

Ten leave in a call, or fewer after a short wait.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from broker.batching import BATCH_SIZE, batched
from broker.transport.polling import FAILED_STATUS, PollingConnection

logger = logging.getLogger(__name__)

# An ack waits this long for others to share its call. A worker that is killed meanwhile leaves up to ten messages that
# run again, so the wait is short beside a task.
LINGER_SECONDS = 0.1
RETRY_SECONDS = 1.0


class Timers(Protocol):
    """The part of kombu's event loop that acks and visibility use."""

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any) -> Any:
        """Call `callback` on the event loop after `delay` seconds."""


@dataclass(frozen=True, slots=True)
class Ack:
    """A message to delete.

    Its receipt is valid until `expires` (`time.monotonic`). After that SQS may deliver the message again, with another
    receipt.
    """

    queue_url: str
    receipt: str
    expires: float


class AckBatches:
    """The unsent and unanswered acks of one channel.

    A failed ack is sent again while its receipt is valid. After that SQS delivers the message again, which costs a
    redelivery and loses nothing.

    Args:
        timers: the event loop.
        connect: returns the asynchronous client.
        receipt_seconds: how long a receipt is valid: the queue's visibility timeout.
    """

    def __init__(self, timers: Timers, connect: Callable[[], PollingConnection], receipt_seconds: float) -> None:
        self._timers = timers
        self._connect = connect
        self._receipt_seconds = receipt_seconds
        self._waiting: dict[str, dict[str, Ack]] = {}
        self._in_flight: dict[str, Ack] = {}
        self._timer_due = 0.0

    def add(self, queue_url: str, receipt: str) -> None:
        """Delete a message soon."""
        self._add(Ack(queue_url, receipt, time.monotonic() + self._receipt_seconds))
        if len(self._waiting[queue_url]) >= BATCH_SIZE:
            self._send(queue_url)
        elif self._timer_due < time.monotonic():
            self._flush_after(LINGER_SECONDS)

    def get_receipts(self) -> dict[str, list[str]]:
        """Return the receipts of undeleted messages, by queue URL."""
        receipts: dict[str, list[str]] = {}
        for ack in [*self._in_flight.values(), *(ack for acks in self._waiting.values() for ack in acks.values())]:
            receipts.setdefault(ack.queue_url, []).append(ack.receipt)
        return receipts

    def extend(self, receipts: set[str]) -> None:
        """Note that the visibility timeout of these messages began anew."""
        expires = time.monotonic() + self._receipt_seconds
        for acks in [self._in_flight, *self._waiting.values()]:
            for receipt in acks.keys() & receipts:
                acks[receipt] = replace(acks[receipt], expires=expires)

    def flush(self) -> None:
        """Send all acks that wait."""
        for queue_url in list(self._waiting):
            self._send(queue_url)

    def take_receipts(self) -> dict[str, list[str]]:
        """Return `get_receipts()` and forget the acks: the caller deletes the messages."""
        receipts = self.get_receipts()
        self._waiting.clear()
        self._in_flight.clear()
        return receipts

    def _add(self, ack: Ack) -> None:
        self._waiting.setdefault(ack.queue_url, {})[ack.receipt] = ack

    def _flush_after(self, seconds: float) -> None:
        # kombu's event loop drops its timers when a connection breaks. `add` therefore starts another one when this
        # one is overdue.
        self._timer_due = time.monotonic() + seconds
        self._timers.call_later(seconds, self.flush)

    def _send(self, queue_url: str) -> None:
        for batch in batched(list(self._waiting.pop(queue_url, {}).values())):
            self._in_flight.update((ack.receipt, ack) for ack in batch)
            self._connect().delete_batch(queue_url, [ack.receipt for ack in batch], partial(self._on_answer, batch))

    def _on_answer(self, batch: Sequence[Ack], answer: dict[str, Any]) -> None:
        if FAILED_STATUS in answer:
            failed = set(range(len(batch)))
        else:
            # SenderFault: the receipt is invalid and stays so.
            failed = {int(entry["Id"]) for entry in answer.get("Failed", []) if not entry.get("SenderFault")}
        now = time.monotonic()
        retries = 0
        for index, ack in enumerate(batch):
            # The ack in flight, because `extend` may have replaced it since; None after `take_receipts`.
            current = self._in_flight.pop(ack.receipt, None)
            if index in failed and current is not None and current.expires > now:
                self._add(current)
                retries += 1
        if retries:
            logger.debug("%d acks failed, trying again", retries)
            self._flush_after(RETRY_SECONDS)
