"""Acks that leave together: DeleteMessageBatch, ten at a time or after a short wait, never in the event loop's way."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from broker.batching import BATCH_SIZE, batches
from broker.transport.polling import FAILED_STATUS, PollingConnection

logger = logging.getLogger(__name__)

LINGER_SECONDS = 0.1
RETRY_SECONDS = 1.0


class Timers(Protocol):
    """The part of kombu's event loop that is used here."""

    def call_later(self, delay: float, callback: Callable[..., Any], *args: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Ack:
    """A message to delete. Its receipt serves until `expires` (monotonic seconds); then SQS has given out another."""

    queue_url: str
    receipt: str
    expires: float


class AckBatches:
    """The acks of one channel.

    An ack that could not be delivered is tried again while its receipt serves. After that its message is delivered
    again, which costs a redelivery, not a log.

    Args:
        timers: the event loop.
        connection: makes the asynchronous client.
        receipt_seconds: how long a receipt serves: the queue's visibility timeout.
    """

    def __init__(self, timers: Timers, connection: Callable[[], PollingConnection], receipt_seconds: float) -> None:
        self._timers = timers
        self._connection = connection
        self._receipt_seconds = receipt_seconds
        self._waiting: dict[str, dict[str, Ack]] = {}
        self._leaving: dict[str, Ack] = {}
        self._timer_due = 0.0

    def add(self, queue_url: str, receipt: str) -> None:
        """Delete a message, soon."""
        self._add(Ack(queue_url, receipt, time.monotonic() + self._receipt_seconds))
        if len(self._waiting[queue_url]) >= BATCH_SIZE:
            self._send(queue_url)
        elif self._timer_due < time.monotonic():
            self._flush_after(LINGER_SECONDS)

    def held(self) -> dict[str, list[str]]:
        """The receipts of messages that are not deleted yet, by queue URL."""
        receipts: dict[str, list[str]] = {}
        for ack in [*self._leaving.values(), *(ack for acks in self._waiting.values() for ack in acks.values())]:
            receipts.setdefault(ack.queue_url, []).append(ack.receipt)
        return receipts

    def extended(self, receipts: set[str]) -> None:
        """Some messages' visibility timeout began anew: their receipts serve for longer."""
        expires = time.monotonic() + self._receipt_seconds
        for acks in [self._leaving, *self._waiting.values()]:
            for receipt in acks.keys() & receipts:
                acks[receipt] = replace(acks[receipt], expires=expires)

    def flush(self) -> None:
        """Send all that wait."""
        for queue_url in list(self._waiting):
            self._send(queue_url)

    def take_all(self) -> dict[str, list[str]]:
        """What `held` says, given up to the caller, who deletes it by other means."""
        held = self.held()
        self._waiting.clear()
        self._leaving.clear()
        return held

    def _add(self, ack: Ack) -> None:
        self._waiting.setdefault(ack.queue_url, {})[ack.receipt] = ack

    def _flush_after(self, seconds: float) -> None:
        # The event loop forgets timers when a connection breaks, so one that is overdue counts as none.
        self._timer_due = time.monotonic() + seconds
        self._timers.call_later(seconds, self.flush)

    def _send(self, queue_url: str) -> None:
        for batch in batches(list(self._waiting.pop(queue_url, {}).values())):
            self._leaving.update((ack.receipt, ack) for ack in batch)
            self._connection().delete_batch(queue_url, [ack.receipt for ack in batch], partial(self._sent, batch))

    def _sent(self, batch: Sequence[Ack], answer: dict[str, Any]) -> None:
        if FAILED_STATUS in answer:
            failed = set(range(len(batch)))
        else:
            # SenderFault: the receipt is no good, and never will be.
            failed = {int(entry["Id"]) for entry in answer.get("Failed", []) if not entry.get("SenderFault")}
        now = time.monotonic()
        again = 0
        for place, ack in enumerate(batch):
            current = self._leaving.pop(ack.receipt, None)
            if place in failed and current is not None and current.expires > now:
                self._add(current)
                again += 1
        if again:
            logger.debug("%d acks did not arrive, trying again", again)
            self._flush_after(RETRY_SECONDS)
