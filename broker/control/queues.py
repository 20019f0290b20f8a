"""The channel's side of remote control: control queues that are owned, leased and deleted with their owner."""

import logging
import threading
import time
import uuid
from typing import Any

from botocore.exceptions import ClientError
from kombu.transport import SQS
from kombu.transport.SQS.exceptions import DoesNotExistQueueException, UndefinedQueueException
from kombu.transport.virtual.base import queue_declare_ok_t  # type: ignore[attr-defined]  # missing in the stubs

from broker.control.leases import is_missing, leases
from broker.control.names import (
    is_control_queue,
    is_event_queue,
    is_reply_queue,
    is_worker_mailbox,
    worker_mailbox_name,
)
from broker.control.sweep import sweep_from_now_on
from foundation.outage import Outage

logger = logging.getLogger(__name__)

CONTROL_MESSAGE_SECONDS = 60

_PROCESS = uuid.uuid4().hex[:8]


class ControlQueues(SQS.Channel):  # type: ignore[misc]  # the stubs of kombu's SQS transport are older than its code
    """A channel on which whoever declares a control queue owns it; nobody else makes one.

    Written against kombu 5.7.0; each override says what the stock method does that does not serve.
    """

    def canonical_queue_name(self, queue_name: str) -> str:
        """The name in SQS; a worker's control queue gets one that is this process's own."""
        name: str = super().canonical_queue_name(queue_name)
        return worker_mailbox_name(name, _PROCESS) if is_worker_mailbox(name, self.queue_name_prefix) else name

    def queue_declare(self, queue: str | None = None, passive: bool = False, **kwargs: Any) -> Any:
        """Own the queue if it is a control queue."""
        name = self.canonical_queue_name(queue or "")
        if passive or not is_control_queue(name, self.queue_name_prefix):
            return super().queue_declare(queue, passive=passive, **kwargs)
        attributes = {
            "VisibilityTimeout": str(self.visibility_timeout),
            "MessageRetentionPeriod": str(CONTROL_MESSAGE_SECONDS),
        }
        self._queue_cache[name] = leases.own(self.sqs(), name, attributes)
        if is_worker_mailbox(name, self.queue_name_prefix):
            sweep_from_now_on()
        return queue_declare_ok_t(queue or "", 0, 0)

    def _resolve_queue_url(self, queue: str) -> str:
        # Stock kombu looks for the queue in a listing, which may lack one that was made just now, and then makes it.
        name = self.canonical_queue_name(queue)
        if name not in self._queue_cache and is_control_queue(name, self.queue_name_prefix):
            try:
                self._queue_cache[name] = self.sqs().get_queue_url(QueueName=name)["QueueUrl"]
            except ClientError as error:
                if not is_missing(error):
                    raise
                raise DoesNotExistQueueException(f"control queue {name} is gone") from None
        url: str = super()._resolve_queue_url(queue)
        return url

    def _create_queue(self, queue_name: str, attributes: dict[str, str]) -> Any:
        # A queue that kombu makes on the fly has no redrive policy, its dead letters would be lost; and a control queue
        # that is not made by its owner is nobody's.
        if is_control_queue(queue_name, self.queue_name_prefix):
            raise DoesNotExistQueueException(f"control queue {queue_name} is gone")
        raise DoesNotExistQueueException(
            f"queue {queue_name} does not exist; create it: flask --app webapp broker create"
        )

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        # Answers go to whoever called; stock kombu makes the queue of a caller that has gone, and would reset the
        # worker's mailbox if that failed.
        name = self.canonical_queue_name(queue)
        if not is_reply_queue(name, self.queue_name_prefix):
            super()._put(queue, message, **kwargs)
            return
        try:
            super()._put(queue, message, **kwargs)
        except (DoesNotExistQueueException, ClientError) as error:
            if isinstance(error, ClientError) and not is_missing(error):
                raise
            logger.info("nobody waits for the answer in %s any more", name)
        finally:
            # Thousands of calls must not leave thousands of names.
            self._queue_cache.pop(name, None)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        # Nothing: stock kombu creates the topic here, as publishing and subscribing do, and asks SQS for the queue of
        # every subscription there is. A worker that starts while SNS is down would not start.
        pass

    def _subscribe_queue_to_fanout_exchange_if_required(self, queue_name: str) -> None:
        if self.hub is None:
            self._subscribe(queue_name)
        else:
            # A worker does its tasks while SNS is down; remote control joins in when it can.
            threading.Thread(target=self._subscribe_sometime, args=(queue_name,), name="subscribe", daemon=True).start()

    def _subscribe_sometime(self, queue_name: str) -> None:
        outage = Outage(f"subscribing {queue_name} to SNS")
        while not self.closed:
            try:
                self._subscribe(queue_name)
            except Exception as error:  # noqa: BLE001 - the channel may have been closed meanwhile
                if self.closed:
                    return
                outage.record_failure(type(error).__name__)
                time.sleep(outage.delay_seconds)
            else:
                outage.record_success()
                return

    def _subscribe(self, queue_name: str) -> None:
        try:
            exchange = self._get_exchange_for_queue(queue_name)
        except UndefinedQueueException:
            return
        if not self._exchange_is_fanout(exchange):
            return
        name = self.canonical_queue_name(queue_name)
        subscriptions = self.fanout.subscriptions
        is_recorded = False
        while not is_recorded:
            generation = leases.get_generation(name)
            # Kombu remembers a subscription, which a sweep may have deleted since; SNS makes no second one.
            subscriptions._subscription_arn_cache.pop(f"{exchange}:{queue_name}", None)
            subscription = subscriptions.subscribe_queue(queue_name=queue_name, exchange_name=exchange)
            topic = self.fanout._get_or_create_topic(exchange)
            is_recorded = leases.record_subscription(name, generation, self.fanout.get_client(), topic, subscription)

    def basic_cancel(self, consumer_tag: str) -> Any:
        """Stop consuming, and delete an event queue: a receiver that comes back takes a new name."""
        queue = self._tag_to_queue.get(consumer_tag)
        answer = super().basic_cancel(consumer_tag)
        if queue and is_event_queue(name := self.canonical_queue_name(queue), self.queue_name_prefix):
            leases.release(name)
            self._queue_cache.pop(name, None)
        return answer
