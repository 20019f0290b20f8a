"""Kombu's SQS transport, with remote control and events over SNS, and polls that outlive an outage of SQS.

Written against kombu 5.7.0; each override says what the stock method does that does not serve.
"""

import logging
import time
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from celery.events.event import event_exchange
from kombu.transport import SQS

from broker.acks import AckBatches
from broker.clients import shared_client
from broker.control_queues import ControlQueues
from broker.errors import MessageTooLarge
from broker.outage import Outage
from broker.polling import FAILED_STATUS, PollingConnection
from broker.release import delete_now, make_visible_now
from broker.visibility import VisibilityHeartbeat
from topology import MAX_MESSAGE_BYTES

logger = logging.getLogger(__name__)

BLOCKING_WAIT_SECONDS = 1
PREFETCH_FULL_WAIT_SECONDS = 0.02
# Headers, properties and the rest of the chain, which are in the envelope beside the body.
ENVELOPE_BYTES = 32_768

# Celery's default is a topic exchange, which SQS can't do; SNS can do fanout, and monitors want every event anyway.
event_exchange.type = "fanout"


class QoS(SQS.QoS):
    """Knows what is held, and gives it back in batches.

    Stock kombu restores messages one by one when it stops, and writes those that it can't restore to a file in plain
    text.
    """

    def held(self) -> dict[str, list[str]]:
        """The receipts of messages that are neither acked nor rejected, by queue URL."""
        receipts: dict[str, list[str]] = {}
        for tag, message in list(self._delivered.items()):
            if tag not in self._dirty and "sqs_message" in message.delivery_info:
                queue_url = message.delivery_info["sqs_queue"]
                receipts.setdefault(queue_url, []).append(message.delivery_info["sqs_message"]["ReceiptHandle"])
        return receipts

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """Called once, when the channel closes or the process ends."""
        self._on_collect.cancel()
        if not self._delivered.restored:
            held = self.held()
            self._delivered.clear()
            self._delivered.restored = True
            self.channel.settle(held)


class Channel(ControlQueues):
    """A channel that polls through outages, acks in batches, and routes replies to remote control."""

    QoS = QoS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._outages: dict[str, Outage] = {}
        self._polling: PollingConnection | None = None
        self._polls_end: dict[str, float] = {}
        super().__init__(*args, **kwargs)
        self._acks = AckBatches(self.hub, self.asynsqs, self.visibility_timeout)
        self._heartbeat = VisibilityHeartbeat(
            self.hub, self.asynsqs, self.visibility_timeout, self._held, self._acks.extended
        )

    def _new_boto_client(
        self,
        service: str,
        region: str,
        access_key_id: str | None,
        secret_access_key: str | None,
        session_token: str | None = None,
        config: Any = None,
    ) -> Any:
        make = partial(
            super()._new_boto_client, service, region, access_key_id, secret_access_key, session_token, config
        )
        if session_token is not None or config is not None:
            return make()
        return shared_client((service, region, access_key_id, self.endpoint_url), make)

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

    def basic_consume(self, queue: str, no_ack: bool, *args: Any, **kwargs: Any) -> Any:
        """Consume, and keep what is received hidden from others."""
        if self.hub is not None and not no_ack:
            self._heartbeat.start()
        return super().basic_consume(queue, no_ack, *args, **kwargs)

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """Release the message here at once, and delete it from SQS soon.

        Stock kombu waits for a DeleteMessage a message in the worker's main process.
        """
        try:
            delivery = self.qos.get(delivery_tag).delivery_info
            queue_url, receipt = delivery["sqs_queue"], delivery["sqs_message"]["ReceiptHandle"]
        except KeyError:
            queue_url = None  # held no more, or not from SQS
        if self.hub is None or queue_url is None:
            super().basic_ack(delivery_tag, multiple)
            return
        self.qos.ack(delivery_tag)
        self._acks.add(queue_url, receipt)

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        # The body is base64 by now; everything else of the message fits into the margin.
        if len(message["body"]) > MAX_MESSAGE_BYTES - ENVELOPE_BYTES:
            raise MessageTooLarge(f"{len(message['body'])} bytes for {queue}")
        super()._put(queue, message, **kwargs)

    def settle(self, held: dict[str, list[str]]) -> None:
        """Ack what is done and give back what is not, before the channel goes."""
        self._heartbeat.stop()
        done = self._acks.take_all()
        if not done and not held:
            return
        client = self._new_release_client(self.sqs())
        delete_now(client, done)
        if held:
            # A poll that is still under way would be given what we give back, and nobody would read its answer.
            time.sleep(max(0.0, max(self._polls_end.values(), default=0.0) - time.monotonic()))
            make_visible_now(client, held)

    def _held(self) -> dict[str, list[str]]:
        held: dict[str, list[str]] = self.qos.held()
        for queue_url, receipts in self._acks.held().items():
            held.setdefault(queue_url, []).extend(receipts)
        return held

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        # Bindings live in the memory of the process that declared them. The worker that answers a remote control
        # command never saw the caller's binding, but the caller's queue is named by the two things it does know.
        if exchange.startswith("reply."):
            return [f"{routing_key}.{exchange}"]
        queues: list[str] = super()._lookup(exchange, routing_key, default)
        return queues

    def _delete_rejected_message(self, delivery_tag: str) -> None:
        """Leave it: SQS delivers it again after its visibility timeout, and redrives it after MAX_RECEIVES.

        Stock kombu deletes it unless it finds a redrive policy, at one more API call a reject.
        """

    def _on_messages_ready(self, queue_url: str, queue: str, answer: dict[str, Any]) -> int:
        self._polls_end.pop(self.canonical_queue_name(queue), None)
        # Stock kombu gets an empty list after a 5xx or a timeout and raises AttributeError on it.
        outage = self._outages.setdefault(self.canonical_queue_name(queue), Outage(queue))
        if FAILED_STATUS in answer:
            outage.poll_failed(answer[FAILED_STATUS])
            return 0
        outage.poll_worked()
        received: int = super()._on_messages_ready(queue_url, queue, answer)
        return received

    def _loop1(self, queue: str, messages_fetched: int | None = None) -> None:
        outage = self._outages.get(self.canonical_queue_name(queue))
        if outage is not None and outage.delay_seconds:
            self.hub.call_later(outage.delay_seconds, self._schedule_queue, queue)
        else:
            super()._loop1(queue, messages_fetched)

    def _get_from_sqs(
        self, queue_name: str, queue_url: str, connection: PollingConnection, count: int = 1, callback: Any = None
    ) -> Any:
        # After a failed poll the next one only asks whether SQS works again: a long poll of an empty queue would say so
        # many seconds late, and a hanging one would give up as late.
        outage = self._outages.get(queue_name)
        wait = 0 if outage is not None and outage.delay_seconds else self.wait_time_seconds
        self._polls_end[queue_name] = time.monotonic() + wait
        return connection.receive_message(
            queue_name, queue_url, number_messages=count, wait_time_seconds=wait, callback=callback
        )

    def _schedule_queue(self, queue: str) -> None:
        # With polling_interval 0 stock kombu asks again in every turn of the event loop while the prefetch is full.
        if queue in self._active_queues and not self.qos.can_consume():
            self.hub.call_later(PREFETCH_FULL_WAIT_SECONDS, self._schedule_queue, queue)
        else:
            super()._schedule_queue(queue)

    def _receive_message(
        self, queue: str, max_number_of_messages: int = 1, wait_time_seconds: int | None = None
    ) -> dict[str, Any]:
        # Only clients without an event loop (Flower, `celery inspect`) come here; stock kombu ignores their timeout.
        wait = min(self.wait_time_seconds if wait_time_seconds is None else wait_time_seconds, BLOCKING_WAIT_SECONDS)
        answer: dict[str, Any] = super()._receive_message(queue, max_number_of_messages, wait)
        return answer

    def _delete_message(self, queue_name: str, message: dict[str, Any]) -> None:
        # Stock kombu deletes with the asynchronous client, which needs an event loop.
        if self.hub is None:
            self.sqs().delete_message(QueueUrl=self._new_queue(queue_name), ReceiptHandle=message["ReceiptHandle"])
        else:
            super()._delete_message(queue_name, message)


class Transport(SQS.Transport):
    """`broker_transport = "broker.transport:Transport"`; the URL stays `sqs://`."""

    Channel = Channel
    # Stock kombu leaves out answers that are errors (403, 503), so one of them while a worker connects ends the worker.
    connection_errors = (*SQS.Transport.connection_errors, ClientError)
    channel_errors = (*SQS.Transport.channel_errors, ClientError)
    implements = SQS.Transport.implements.extend(exchange_type=frozenset(["direct", "fanout"]))
