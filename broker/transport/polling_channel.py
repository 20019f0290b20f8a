"""The channel's side of polling: through outages, and leaving to SQS what is not due yet."""

import logging
import math
import time
from collections.abc import Iterable
from typing import Any

from broker import UNAVAILABLE_ERRORS
from broker.control.queues import ControlQueues
from broker.transport.delays import (
    CLOCK_SKEW_SECONDS,
    LONGEST_VISIBILITY_TIMEOUT_SECONDS,
    may_have_to_wait,
    seconds_until_due,
)
from broker.transport.polling import FAILED_STATUS, PollingConnection
from foundation.outage import Outage

logger = logging.getLogger(__name__)

PREFETCH_FULL_WAIT_SECONDS = 0.02
POLL_LATENCY_SECONDS = 0.5
"""From here to SQS, where the wait of a long poll begins."""


class PollingChannel(ControlQueues):
    """A channel whose polls fail, back off and go on.

    Written against kombu 5.7.0; each override says what the stock method does that does not serve.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._outages: dict[str, Outage] = {}
        self._polling: PollingConnection | None = None
        self._polls_end: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def asynsqs(self, queue: str | None = None) -> PollingConnection:
        """The asynchronous client, shared by all queues."""
        if self._polling is None:
            names = self.get_message_attributes
            self._polling = PollingConnection(
                sqs_connection=self.sqs(queue=queue),
                region=self.region,
                message_system_attribute_names=names["MessageSystemAttributeNames"],
                message_attribute_names=names["MessageAttributeNames"],
            )
        return self._polling

    def has_outage(self, name: str) -> bool:
        """Whether the last poll of a queue failed. `name` is that in SQS."""
        outage = self._outages.get(name)
        return outage is not None and outage.ongoing

    def on_outage_over(self, queue_url: str) -> None:
        """Called when a poll worked after others had failed."""

    def seconds_until_polls_end(self, queue_urls: Iterable[str]) -> float:
        """How long the polls of some queues that are under way may still bring messages."""
        ends = [self._polls_end.get(name_in(url), 0.0) for url in queue_urls]
        return max(0.0, max(ends, default=0.0) - time.monotonic())

    def _on_messages_ready(self, queue_url: str, queue: str, answer: dict[str, Any]) -> int:
        self._polls_end.pop(self.canonical_queue_name(queue), None)
        # Stock kombu gets an empty list after a 5xx or a timeout and raises AttributeError on it.
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
                if self._is_due(queue_url, message):
                    super()._on_messages_ready(queue_url, queue, {"Messages": [message]})
            except UNAVAILABLE_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001 - stock kombu polls no more after it, or the worker ends
                logger.error("a message of %s can't be read (%s), leaving it to SQS", queue, type(error).__name__)
        return len(messages)

    def _is_due(self, queue_url: str, message: dict[str, Any]) -> bool:
        """Whether to work on it now. If not, it is hidden until it is due: SQS holds it, and not a worker's memory."""
        body = message["Body"]
        wait = seconds_until_due(self._prepare_json_payload(body)) if may_have_to_wait(body) else 0
        if wait <= CLOCK_SKEW_SECONDS:
            return True
        hidden = min(math.ceil(wait), LONGEST_VISIBILITY_TIMEOUT_SECONDS)
        self.asynsqs().change_visibility_batch(queue_url, [message["ReceiptHandle"]], hidden, lambda _: None)
        return False

    def _envelope_payload(self, payload: dict[str, Any], *args: Any) -> dict[str, Any]:
        # It is due, but Celery would put it on a timer nevertheless.
        if self.hub is not None and (payload.get("headers") or {}).get("eta"):
            payload["headers"]["eta"] = None
        enveloped: dict[str, Any] = super()._envelope_payload(payload, *args)
        return enveloped

    def _loop1(self, queue: str, messages_fetched: int | None = None) -> None:
        if self.closed:
            return  # a poll's last answer; stock kombu raises AttributeError on the event loop
        name = self.canonical_queue_name(queue)
        if self.has_outage(name):
            self.hub.call_later(self._outages[name].delay_seconds, self._schedule_queue, queue)
        else:
            super()._loop1(queue, messages_fetched)

    def _get_from_sqs(
        self, queue_name: str, queue_url: str, connection: PollingConnection, count: int = 1, callback: Any = None
    ) -> Any:
        # After a failed poll the next one only asks whether SQS works again: a long poll of an empty queue would say so
        # many seconds late, and a hanging one would give up as late.
        wait = 0 if self.has_outage(queue_name) else self.wait_time_seconds
        self._polls_end[queue_name] = time.monotonic() + wait + POLL_LATENCY_SECONDS
        return connection.receive_message(
            queue_name, queue_url, number_messages=count, wait_time_seconds=wait, callback=callback
        )

    def _schedule_queue(self, queue: str) -> None:
        # The poll that is under way comes back here. A queue that is cancelled and added again meanwhile (`celery
        # control`) would be polled twice from then on.
        if self.canonical_queue_name(queue) in self._polls_end:
            return
        # With polling_interval 0 stock kombu asks again in every turn of the event loop while the prefetch is full.
        if queue in self._active_queues and not self.qos.can_consume():
            self.hub.call_later(PREFETCH_FULL_WAIT_SECONDS, self._schedule_queue, queue)
        else:
            super()._schedule_queue(queue)


def name_in(queue_url: str) -> str:
    """The name of a queue in SQS."""
    return queue_url.rpartition("/")[2]
