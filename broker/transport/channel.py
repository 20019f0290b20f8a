"""Kombu's SQS transport, which survives outages, with remote control over SNS.

The channel is one object in four files, by subject: `kombu.transport.SQS.Channel`, then `control.queues.ControlQueues`
(queues of remote control), `polling_channel.PollingChannel` (receiving), and `Channel` below (sending, acks, what is
held). Written against kombu 5.7.0. ARCHITECTURE.md lists the overrides.
"""

import math
import threading
import time
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from kombu.transport import SQS

from broker.batching import batched
from broker.transport.acks import AckBatches
from broker.transport.delays import get_seconds_until_due
from broker.transport.polling_channel import PollingChannel, parse_queue_name
from broker.transport.qos import QoS
from broker.transport.sending import MessageTooLarge, wrap_client
from broker.transport.visibility import VisibilityHeartbeat, delete_now, make_visible_now
from foundation.aws_clients import share_client
from topology import MAX_DELAY_SECONDS, MAX_MESSAGE_BYTES

# Clients without an event loop look for the next answer, or for the end of their timeout, this often.
BLOCKING_WAIT_SECONDS = 1
# The first delay of a message that is given back; doubled with each receive, up to the visibility timeout.
REQUEUE_SECONDS = 5
# A generous allowance for headers, properties and the rest of the chain, which are in the envelope beside the body.
ENVELOPE_BYTES = 32_768


class Channel(PollingChannel):
    """A channel that acks in batches and keeps hidden what it holds.

    Without it a worker waits for SQS at each ack, and a task that takes longer than the visibility timeout runs twice.
    """

    QoS = QoS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._acks = AckBatches(self.hub, self.asynsqs, self.visibility_timeout)
        # Receipts of messages rejected during an outage, by queue URL.
        self._rejected: dict[str, list[str]] = {}
        self._giving_back = threading.Lock()
        self._heartbeat = VisibilityHeartbeat(
            self.hub, self.asynsqs, self.visibility_timeout, self._get_held, self._acks.extend
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
        """Return the client that all channels of the process share.

        Stock kombu creates one for each channel, which takes longer than a hundred sends. One with a session token or
        a configuration of its own is created: kombu asks for it when a channel closes.
        """
        create = partial(
            super()._new_boto_client, service, region, access_key_id, secret_access_key, session_token, config
        )
        if session_token is not None or config is not None:
            return create()
        return share_client((service, region, access_key_id, self.endpoint_url), create)

    def basic_consume(self, queue: str, no_ack: bool, *args: Any, **kwargs: Any) -> Any:
        """Consume a queue, and start to keep hidden what is received.

        Stock kombu never extends a visibility timeout.
        """
        if self.hub is not None and not no_ack:
            self._heartbeat.start()
        return super().basic_consume(queue, no_ack, *args, **kwargs)

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        """Release the message here at once, and delete it from SQS soon.

        Stock kombu waits for one DeleteMessage a message, in the worker's main process.
        """
        queue_url, receipt = self.qos.find_receipt(delivery_tag)
        if self.hub is None or not queue_url:
            super().basic_ack(delivery_tag, multiple)
            return
        self.qos.ack(delivery_tag)
        self._acks.add(queue_url, receipt)

    def sqs(self, queue: str | None = None) -> Any:
        """Return boto3's client; in a `Sending` one that collects messages.

        Stock kombu has no batches: `_put` calls `send_message` on this client for each message.
        """
        return wrap_client(super().sqs(queue))

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        """Check a message's size and send it with its delay.

        Stock kombu sends any size. SQS refuses it after the upload, with an error that looks like an outage. kombu
        also sends a task that is not due without delay, so that a worker holds it in memory.
        """
        # The body is base64 by now, so characters are bytes.
        if len(message["body"]) > MAX_MESSAGE_BYTES - ENVELOPE_BYTES:
            raise MessageTooLarge(f"{len(message['body'])} bytes for {queue}")
        wait = get_seconds_until_due(message)
        if wait > 0:
            message["properties"].setdefault("DelaySeconds", min(math.ceil(wait), MAX_DELAY_SECONDS))
        super()._put(queue, message, **kwargs)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Leave the message to SQS, which delivers it again later.

        Without `requeue` that is after its visibility timeout.

        Stock kombu waits for SQS when a message is requeued. If that call fails, it never gives up the message's place
        in the prefetch.

        Args:
            delivery_tag: the message's.
            requeue: deliver it again in REQUEUE_SECONDS, twice as long each time, or when the outage is over.
        """
        queue_url, receipt = self.qos.find_receipt(delivery_tag)
        if queue_url and requeue and self.hub is not None:
            requeue = False
            if self.has_outage(parse_queue_name(queue_url)):
                self._rejected.setdefault(queue_url, []).append(receipt)
            else:
                delay = self._get_requeue_delay(delivery_tag)
                self.asynsqs().change_visibility_batch(queue_url, [receipt], delay, lambda _: None)
        super().basic_reject(delivery_tag, requeue=requeue)

    def _get_requeue_delay(self, delivery_tag: str) -> int:
        attributes = self.qos.get(delivery_tag).delivery_info["sqs_message"].get("Attributes", {})
        receives = int(attributes.get("ApproximateReceiveCount", 1))
        delay: int = min(self.visibility_timeout, REQUEUE_SECONDS * 2 ** min(receives - 1, 16))
        return delay

    def on_outage_over(self, queue_url: str) -> None:
        """Make visible what was rejected during the outage."""
        for batch in batched(self._rejected.pop(queue_url, [])):
            self.asynsqs().change_visibility_batch(queue_url, batch, 0, lambda _: None)

    def give_back_all_but(self, running: Collection[str]) -> None:
        """Make visible what is held and not running, from any thread.

        Args:
            running: delivery tags of the messages whose tasks run.
        """
        self._wait_for_polls(self.qos.get_held(running))
        with self._giving_back:
            self._make_visible(self.qos.release_all_but(running))

    def settle(self, held: dict[str, list[str]]) -> None:
        """Ack what is done and give back what is held.

        Called before the channel closes.

        Args:
            held: receipts of what to give back, by queue URL.
        """
        self._heartbeat.stop()
        done = self._acks.take_receipts()
        if not done and not held:
            return
        # kombu's client for this purpose, with timeouts of 5 s and no retries.
        delete_now(self._new_release_client(self.sqs()), done)
        self._wait_for_polls(held)
        with self._giving_back:
            self._make_visible(held)

    def _wait_for_polls(self, queue_urls: Iterable[str]) -> None:
        # SQS would hand what we give back to a poll of ours that is still under way, whose answer nobody reads.
        time.sleep(self.get_seconds_until_polls_end(queue_urls))

    def _make_visible(self, held: dict[str, list[str]]) -> None:
        if held:
            make_visible_now(self._new_release_client(self.sqs()), held)

    def _get_held(self) -> dict[str, list[str]]:
        held: dict[str, list[str]] = self.qos.get_held()
        for queue_url, receipts in self._acks.get_receipts().items():
            held.setdefault(queue_url, []).extend(receipts)
        return held

    def _delete_rejected_message(self, delivery_tag: str) -> None:
        """Leave a rejected message to SQS.

        SQS delivers it again after its visibility timeout, and moves it to the failure queue after MAX_RECEIVES.
        Stock kombu asks for the queue's redrive policy and deletes the message if there is none.
        """

    def _receive_message(
        self, queue: str, max_number_of_messages: int = 1, wait_time_seconds: int | None = None
    ) -> dict[str, Any]:
        """Receive with a blocking call, which waits BLOCKING_WAIT_SECONDS at most.

        Only clients without an event loop (Flower, `celery inspect`) come here. Stock kombu waits for the whole
        `wait_time_seconds` and ignores the timeout of such a client.
        """
        wait = min(self.wait_time_seconds if wait_time_seconds is None else wait_time_seconds, BLOCKING_WAIT_SECONDS)
        answer: dict[str, Any] = super()._receive_message(queue, max_number_of_messages, wait)
        return answer

    def _delete_message(self, queue_name: str, message: dict[str, Any]) -> None:
        """Delete a message of a queue that is consumed without acks.

        Replies come from such a queue.

        Stock kombu uses the asynchronous client, which needs an event loop.
        """
        if self.hub is None:
            self.sqs().delete_message(QueueUrl=self._new_queue(queue_name), ReceiptHandle=message["ReceiptHandle"])
        else:
            super()._delete_message(queue_name, message)


class Transport(SQS.Transport):
    """Celery's setting `broker_transport = "broker.transport.channel:Transport"`; the URL stays `sqs://`."""

    Channel = Channel
    # Stock kombu does not list botocore's ClientError: a 403 or 503 while a worker connects ends the worker.
    connection_errors = (*SQS.Transport.connection_errors, ClientError)
    channel_errors = (*SQS.Transport.channel_errors, ClientError)
    # Stock kombu lists direct only, so that Celery leaves remote control off.
    implements = SQS.Transport.implements.extend(exchange_type=frozenset(["direct", "fanout"]))
