"""Polls of a channel, which survive outages of SQS.

They leave to SQS what is not due yet.

Written against kombu 5.7.0. ARCHITECTURE.md lists the overrides.
"""

import logging
import math
import time
from collections.abc import Iterable
from typing import Any

from broker import UNAVAILABLE_ERRORS
from broker.control.queues import ControlQueues
from broker.transport.delays import (
    CLOCK_SKEW_SECONDS,
    MAX_VISIBILITY_TIMEOUT_SECONDS,
    get_seconds_until_due,
    may_have_eta,
)
from broker.transport.polling import FAILED_STATUS, PollingConnection
from foundation.outage import Outage

logger = logging.getLogger(__name__)

# Short beside a task, and long enough that a full prefetch costs no CPU.
PREFETCH_FULL_WAIT_SECONDS = 0.02
POLL_LATENCY_SECONDS = 0.5
"""Allowance for the way to SQS, where the wait of a long poll begins."""


class PollingChannel(ControlQueues):
    """A channel whose polls back off and go on when SQS fails."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._outages: dict[str, Outage] = {}
        self._polling_connection: PollingConnection | None = None
        # When the poll of a queue that is under way ends at the latest (`time.monotonic`), by the queue's name in SQS.
        self._polls_end: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def asynsqs(self, queue: str | None = None) -> PollingConnection:
        """Return the asynchronous client, which all queues share.

        Stock kombu creates its own class of client, which raises when a call fails.
        """
        if self._polling_connection is None:
            names = self.get_message_attributes
            self._polling_connection = PollingConnection(
                sqs_connection=self.sqs(queue=queue),
                region=self.region,
                message_system_attribute_names=names["MessageSystemAttributeNames"],
                message_attribute_names=names["MessageAttributeNames"],
            )
        return self._polling_connection

    def has_outage(self, name: str) -> bool:
        """Return whether the last poll of a queue failed.

        Args:
            name: the queue's name in SQS.
        """
        outage = self._outages.get(name)
        return outage is not None and outage.ongoing

    def on_outage_over(self, queue_url: str) -> None:
        """Handle the first successful poll after failed ones; a hook for subclasses."""

    def get_seconds_until_polls_end(self, queue_urls: Iterable[str]) -> float:
        """Return for how long these queues' polls may still bring messages."""
        ends = [self._polls_end.get(parse_queue_name(url), 0.0) for url in queue_urls]
        return max(0.0, max(ends, default=0.0) - time.monotonic())

    def _on_messages_ready(self, queue_url: str, queue: str, answer: dict[str, Any]) -> int:
        """Deliver the messages of a poll, and return their number.

        Stock kombu gets an empty list after a 5xx or a timeout, and raises AttributeError on it. It delivers the
        messages in one loop: an unreadable one keeps the others of its receive from being delivered and ends the polls
        of the queue, or the worker.
        """
        self._polls_end.pop(self.canonical_queue_name(queue), None)
        outage = self._outages.setdefault(self.canonical_queue_name(queue), Outage(f"polling {queue}"))
        if FAILED_STATUS in answer:
            outage.record_failure(f"status {answer[FAILED_STATUS]}")
            return 0
        if outage.ongoing:
            outage.record_success()
            self.on_outage_over(queue_url)
        messages = answer.get("Messages", [])
        for message in messages:
            try:
                if not self._hide_until_due(queue_url, message):
                    super()._on_messages_ready(queue_url, queue, {"Messages": [message]})
            except UNAVAILABLE_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001 - anybody may have written the message
                logger.error("a message of %s can't be read (%s), leaving it to SQS", queue, type(error).__name__)
        return len(messages)

    def _hide_until_due(self, queue_url: str, message: dict[str, Any]) -> bool:
        """Hide a message that is not due; return whether it was.

        Celery would keep it in the worker's memory, and in its prefetch, until it is due.
        """
        body = message["Body"]
        wait = get_seconds_until_due(self._prepare_json_payload(body)) if may_have_eta(body) else 0
        if wait <= CLOCK_SKEW_SECONDS:
            return False
        hidden = min(math.ceil(wait), MAX_VISIBILITY_TIMEOUT_SECONDS)
        self.asynsqs().change_visibility_batch(queue_url, [message["ReceiptHandle"]], hidden, lambda _: None)
        return True

    def _envelope_payload(self, payload: dict[str, Any], *args: Any) -> dict[str, Any]:
        """Add SQS's delivery information to a message that is due.

        The eta is removed first, because Celery puts every message with one on a timer, even if it is due.
        """
        if self.hub is not None and (payload.get("headers") or {}).get("eta"):
            payload["headers"]["eta"] = None
        enveloped: dict[str, Any] = super()._envelope_payload(payload, *args)
        return enveloped

    def _loop1(self, queue: str, messages_fetched: int | None = None) -> None:
        """Schedule the next poll, later while an outage lasts.

        Stock kombu polls again at once. It also polls on a closed channel, after the answer of its last poll, and
        raises AttributeError on the event loop.
        """
        if self.closed:
            return
        name = self.canonical_queue_name(queue)
        if self.has_outage(name):
            self.hub.call_later(self._outages[name].delay_seconds, self._schedule_queue, queue)
        else:
            super()._loop1(queue, messages_fetched)

    def _get_from_sqs(
        self, queue_name: str, queue_url: str, connection: PollingConnection, count: int = 1, callback: Any = None
    ) -> Any:
        """Start a poll, and note when it ends at the latest.

        Stock kombu always makes a long poll. After a failed one this makes a short one, which only asks whether SQS
        works again: a long poll of an empty queue answers many seconds later, and a hanging one is given up as late.
        """
        wait = 0 if self.has_outage(queue_name) else self.wait_time_seconds
        self._polls_end[queue_name] = time.monotonic() + wait + POLL_LATENCY_SECONDS
        return connection.receive_message(
            queue_name, queue_url, number_messages=count, wait_time_seconds=wait, callback=callback
        )

    def _schedule_queue(self, queue: str) -> None:
        """Poll a queue unless it is being polled or prefetch is full.

        Stock kombu polls a queue twice in parallel once it has been cancelled and added again (`celery control`)
        while a poll was under way. With a polling_interval of 0 and a full prefetch it comes back in every turn of
        the event loop, at 100 % CPU.
        """
        if self.canonical_queue_name(queue) in self._polls_end:
            return  # The poll that is under way calls `_loop1`, which comes back here.
        if queue in self._active_queues and not self.qos.can_consume():
            self.hub.call_later(PREFETCH_FULL_WAIT_SECONDS, self._schedule_queue, queue)
        else:
            super()._schedule_queue(queue)


def parse_queue_name(queue_url: str) -> str:
    """Return a queue's name in SQS from its URL."""
    return queue_url.rpartition("/")[2]
