"""Control queues of a channel: owned, leased, and deleted with their owner.

Written against kombu 5.7.0. ARCHITECTURE.md lists the overrides.
"""

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
from broker.control.sweep import start_sweeping
from foundation.outage import Outage
from observability import get_error_code

logger = logging.getLogger(__name__)

# A command or a reply that nobody read within a minute is of no use any more: callers wait for seconds.
CONTROL_MESSAGE_SECONDS = 60

_PROCESS_ID = uuid.uuid4().hex[:8]


class ControlQueues(SQS.Channel):  # type: ignore[misc]  # the stubs of kombu's SQS transport are older than its code
    """A channel whose control queues only their owner creates.

    Stock kombu creates one for nearly every call of `celery inspect`, as well as queues of callers that have gone, and
    deletes none.
    """

    def canonical_queue_name(self, queue_name: str) -> str:
        """Return the name in SQS; a worker's mailbox gets a unique one.

        Stock kombu names a mailbox for its node. SQS refuses that name for 60 s after a worker stopped.
        """
        name: str = super().canonical_queue_name(queue_name)
        return worker_mailbox_name(name, _PROCESS_ID) if is_worker_mailbox(name, self.queue_name_prefix) else name

    def queue_declare(self, queue: str | None = None, passive: bool = False, **kwargs: Any) -> Any:
        """Declare a queue, and own it if it is a control queue.

        Stock kombu creates it without a lease, with SQS's retention of four days, and asks for its length.
        """
        name = self.canonical_queue_name(queue or "")
        if passive or not is_control_queue(name, self.queue_name_prefix):
            return super().queue_declare(queue, passive=passive, **kwargs)
        attributes = {
            "VisibilityTimeout": str(self.visibility_timeout),
            "MessageRetentionPeriod": str(CONTROL_MESSAGE_SECONDS),
        }
        self._queue_cache[name] = leases.own(self.sqs(), name, attributes)
        if is_worker_mailbox(name, self.queue_name_prefix):
            start_sweeping()
        return queue_declare_ok_t(queue or "", 0, 0)

    def _resolve_queue_url(self, queue: str) -> str:
        """Return a queue's URL; ask SQS for that of a control queue.

        Stock kombu looks it up in a listing, which may lack a queue that was created a moment ago, and then creates it.
        """
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
        """Refuse to create a queue.

        Stock kombu creates a missing queue on the fly. It would have no redrive policy, so that its dead letters would
        be lost; and nobody would own a control queue that its owner did not create.
        """
        if is_control_queue(queue_name, self.queue_name_prefix):
            raise DoesNotExistQueueException(f"control queue {queue_name} is gone")
        raise DoesNotExistQueueException(f"queue {queue_name} does not exist; create it: ./sluice broker create")

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        """Send a message; drop a reply whose caller has gone.

        Stock kombu creates the queue of such a caller. If that fails, it resets the worker's mailbox.
        """
        name = self.canonical_queue_name(queue)
        if not is_reply_queue(name, self.queue_name_prefix):
            super()._put(queue, message, **kwargs)
            return
        try:
            super()._put(queue, message, **kwargs)
        except (DoesNotExistQueueException, ClientError) as error:
            if isinstance(error, ClientError) and not is_missing(error):
                raise
            logger.info("the caller has gone, dropping the reply to %s", name)
        finally:
            # Each caller has a queue of its own: thousands of calls must not leave thousands of names.
            self._queue_cache.pop(name, None)

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        """Return the queues that an exchange routes to.

        Stock kombu keeps bindings in the memory of the process that declared them. A worker that replies to a command
        never saw the caller's binding, so the reply would go nowhere. The caller's queue is named for the exchange and
        the routing key, which the worker knows.
        """
        if exchange.startswith("reply."):
            return [f"{routing_key}.{exchange}"]
        queues: list[str] = super()._lookup(exchange, routing_key, default)
        return queues

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Do nothing: publishing and subscribing create the topic as well.

        Stock kombu creates it here, and asks SQS for the queue of every subscription there is. A worker would not start
        while SNS is down.
        """

    def _subscribe_queue_to_fanout_exchange_if_required(self, queue_name: str) -> None:
        """Subscribe a queue to its topic; in a worker in the background.

        Stock kombu blocks and raises. A worker has to run its tasks while SNS is down; remote control joins in later.
        """
        if self.hub is None:
            self._subscribe(queue_name)
        else:
            threading.Thread(
                target=self._subscribe_until_done, args=(queue_name,), name="subscribe", daemon=True
            ).start()

    def _subscribe_until_done(self, queue_name: str) -> None:
        outage = Outage(f"subscribing {queue_name} to SNS")
        while not self.closed:
            try:
                self._subscribe(queue_name)
            except Exception as error:  # noqa: BLE001 - the channel may have been closed meanwhile
                if self.closed:
                    return
                outage.record_failure(get_error_code(error))
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
            # kombu remembers each subscription and then makes no call. A sweep may have deleted it since; for one that
            # exists SNS only returns its ARN.
            subscriptions._subscription_arn_cache.pop(f"{exchange}:{queue_name}", None)
            subscription = subscriptions.subscribe_queue(queue_name=queue_name, exchange_name=exchange)
            topic = self.fanout._get_or_create_topic(exchange)
            is_recorded = leases.record_subscription(name, generation, self.fanout.get_client(), topic, subscription)

    def basic_cancel(self, consumer_tag: str) -> Any:
        """Stop consuming, and delete the queue if it is for events.

        A receiver that comes back takes a new name.

        Stock kombu leaves it, with its subscription, to fill up.
        """
        queue = self._tag_to_queue.get(consumer_tag)
        answer = super().basic_cancel(consumer_tag)
        if queue and is_event_queue(name := self.canonical_queue_name(queue), self.queue_name_prefix):
            leases.release(name)
            self._queue_cache.pop(name, None)
        return answer
