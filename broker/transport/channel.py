"""Kombu's SQS transport, with remote control and events over SNS, and polls that outlive an outage of SQS.

Written against kombu 5.7.0; each override says what the stock method does that does not serve.
"""

import logging
import math
import threading
import time
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from celery.events.event import event_exchange
from kombu.transport import SQS

import broker.transport.credentials  # noqa: F401 - makes botocore outlive credentials that can't be renewed
from broker.batching import batches
from broker.transport.acks import AckBatches
from broker.transport.delays import seconds_until_due
from broker.transport.polling_channel import PollingChannel, name_in
from broker.transport.sending import MessageTooLarge, collecting
from broker.transport.visibility import VisibilityHeartbeat, delete_now, make_visible_now
from foundation.aws_clients import share_client
from topology import MAX_DELAY_SECONDS, MAX_MESSAGE_BYTES

logger = logging.getLogger(__name__)

BLOCKING_WAIT_SECONDS = 1
REQUEUE_SECONDS = 5
# Headers, properties and the rest of the chain, which are in the envelope beside the body.
ENVELOPE_BYTES = 32_768

# Celery's default is a topic exchange, which SQS can't do; SNS can do fanout, and monitors want every event anyway.
event_exchange.type = "fanout"


class QoS(SQS.QoS):
    """Knows what is held, and gives it back in batches.

    Stock kombu restores messages one by one when it stops, and writes those that it can't restore to a file in plain
    text.
    """

    def held(self, running: Collection[str] = ()) -> dict[str, list[str]]:
        """The receipts of messages that are neither acked nor rejected, by queue URL; without those `running`."""
        return self._receipts(self._held_tags(running))

    def release_all_but(self, running: Collection[str]) -> dict[str, list[str]]:
        """Hold no others than those `running`; the receipts of the others, by queue URL."""
        tags = self._held_tags(running)
        receipts = self._receipts(tags)
        for tag in tags:
            self.ack(tag)
        return receipts

    def _held_tags(self, running: Collection[str]) -> list[str]:
        return [tag for tag in list(self._delivered) if tag not in self._dirty and tag not in running]

    def _receipts(self, tags: Iterable[str]) -> dict[str, list[str]]:
        receipts: dict[str, list[str]] = {}
        for tag in tags:
            queue_url, receipt = self.place_of(tag)
            receipts.setdefault(queue_url, []).append(receipt)
        receipts.pop("", None)
        return receipts

    def place_of(self, delivery_tag: str) -> tuple[str, str]:
        """Queue URL and receipt; empty for a message that is held no more or not from SQS."""
        try:
            delivery = self.get(delivery_tag).delivery_info
            return delivery["sqs_queue"], delivery["sqs_message"]["ReceiptHandle"]
        except KeyError:
            return "", ""

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """Called once, when the channel closes or the process ends."""
        self._on_collect.cancel()
        if not self._delivered.restored:
            held = self.held()
            self._delivered.clear()
            self._delivered.restored = True
            self.channel.settle(held)


class Channel(PollingChannel):
    """Acks in batches, keeps hidden what it holds, and routes replies to remote control."""

    QoS = QoS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._acks = AckBatches(self.hub, self.asynsqs, self.visibility_timeout)
        self._rejected: dict[str, list[str]] = {}
        self._giving_back = threading.Lock()
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
        return share_client((service, region, access_key_id, self.endpoint_url), make)

    def basic_consume(self, queue: str, no_ack: bool, *args: Any, **kwargs: Any) -> Any:
        """Consume, and keep what is received hidden from others."""
        if self.hub is not None and not no_ack:
            self._heartbeat.start()
        return super().basic_consume(queue, no_ack, *args, **kwargs)

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """Release the message here at once, and delete it from SQS soon.

        Stock kombu waits for a DeleteMessage a message in the worker's main process.
        """
        queue_url, receipt = self.qos.place_of(delivery_tag)
        if self.hub is None or not queue_url:
            super().basic_ack(delivery_tag, multiple)
            return
        self.qos.ack(delivery_tag)
        self._acks.add(queue_url, receipt)

    def sqs(self, queue: str | None = None) -> Any:
        """boto3's client; in the block of a `Sending` one that sends later."""
        return collecting(super().sqs(queue))

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        # The body is base64 by now; everything else of the message fits into the margin.
        if len(message["body"]) > MAX_MESSAGE_BYTES - ENVELOPE_BYTES:
            raise MessageTooLarge(f"{len(message['body'])} bytes for {queue}")
        wait = seconds_until_due(message)
        if wait > 0:
            message["properties"].setdefault("DelaySeconds", min(math.ceil(wait), MAX_DELAY_SECONDS))
        super()._put(queue, message, **kwargs)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Leave the message to SQS, which delivers it again after its visibility timeout; or sooner.

        Args:
            delivery_tag: which.
            requeue: deliver it again in REQUEUE_SECONDS, twice as long each time, or when the outage is over.
        """
        queue_url, receipt = self.qos.place_of(delivery_tag)
        if queue_url and requeue and self.hub is not None:
            # Stock kombu waits for SQS here; and if that fails, it never gives up the message's place in the prefetch.
            requeue = False
            if self.has_outage(name_in(queue_url)):
                self._rejected.setdefault(queue_url, []).append(receipt)
            else:
                delay = self._requeue_delay(delivery_tag)
                self.asynsqs().change_visibility_batch(queue_url, [receipt], delay, lambda _: None)
        super().basic_reject(delivery_tag, requeue=requeue)

    def _requeue_delay(self, delivery_tag: str) -> int:
        attributes = self.qos.get(delivery_tag).delivery_info["sqs_message"].get("Attributes", {})
        receives = int(attributes.get("ApproximateReceiveCount", 1))
        delay: int = min(self.visibility_timeout, REQUEUE_SECONDS * 2 ** min(receives - 1, 16))
        return delay

    def on_outage_over(self, queue_url: str) -> None:
        """Make visible what was rejected meanwhile."""
        for batch in batches(self._rejected.pop(queue_url, [])):
            self.asynsqs().change_visibility_batch(queue_url, batch, 0, lambda _: None)

    def give_back_all_but(self, running: Collection[str]) -> None:
        """Make visible what is held and will not be worked on; called from any thread.

        Args:
            running: the delivery tags of what is worked on.
        """
        self._wait_for_polls(self.qos.held(running))
        with self._giving_back:
            self._make_visible(self.qos.release_all_but(running))

    def settle(self, held: dict[str, list[str]]) -> None:
        """Ack what is done and give back what is not, before the channel goes."""
        self._heartbeat.stop()
        done = self._acks.take_all()
        if not done and not held:
            return
        delete_now(self._new_release_client(self.sqs()), done)
        self._wait_for_polls(held)
        with self._giving_back:
            self._make_visible(held)

    def _wait_for_polls(self, queue_urls: Iterable[str]) -> None:
        # A poll that is still under way would be given what we give back, and nobody would read its answer.
        time.sleep(self.seconds_until_polls_end(queue_urls))

    def _make_visible(self, held: dict[str, list[str]]) -> None:
        if held:
            make_visible_now(self._new_release_client(self.sqs()), held)

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
    """`broker_transport = "broker.transport.channel:Transport"`; the URL stays `sqs://`."""

    Channel = Channel
    # Stock kombu leaves out answers that are errors (403, 503), so one of them while a worker connects ends the worker.
    connection_errors = (*SQS.Transport.connection_errors, ClientError)
    channel_errors = (*SQS.Transport.channel_errors, ClientError)
    implements = SQS.Transport.implements.extend(exchange_type=frozenset(["direct", "fanout"]))
