"""Messages that a worker holds stay hidden from others for as long as it lives."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from broker.batching import Held, batches
from broker.transport.acks import Timers
from broker.transport.polling import FAILED_STATUS, PollingConnection

BEATS_PER_TIMEOUT = 3


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
