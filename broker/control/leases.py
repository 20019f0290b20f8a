"""Leases, which show a sweep that a control queue's owner is alive.

SQS does not show whether anybody polls a queue. A thread of every process that has created control queues therefore
writes the time into a tag of each, RENEWALS_PER_LEASE times per SLUICE_CONTROL_LEASE_SECONDS. The polls themselves
can't serve as a sign of life: a caller's reply queue is idle between two calls, Flower's for hours, and a worker whose
event loop is busy is alive too.

An expired lease alone proves nothing: nobody can renew during an outage of SQS. So `broker.control.sweep` looks again
after more than one renewal, and never deletes a queue whose lease has been renewed meanwhile. A process that was
stopped for longer than all of that (SIGSTOP, a sleeping laptop) finds its queues swept, and its next renewal creates
them again.

A process that ends cleanly deletes its queues. Those of a killed one are left to a sweep.
"""

import atexit
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from kombu.exceptions import OperationalError

from foundation.forks import after_fork_in_child
from observability import get_error_code
from settings import settings

logger = logging.getLogger(__name__)

SEEN_TAG = "sluice-owner-seen"
"""The time of the last renewal, in seconds since the epoch."""
PREFIX_TAG = "sluice-queue-prefix"
"""The application that owns the queue, by its prefix. One application's prefix may begin with another one's."""

# With the default lease of 300 s a queue is renewed every 60 s: the 30 tag operations a second that SQS allows an
# account are enough for 1,800 queues.
RENEWALS_PER_LEASE = 5
RENEWAL_SECONDS = settings.control_lease_seconds / RENEWALS_PER_LEASE

_MISSING_CODES = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "NotFound"}


def is_missing(error: ClientError) -> bool:
    """Return whether the queue, topic or subscription does not exist."""
    return error.response["Error"]["Code"] in _MISSING_CODES


@dataclass
class OwnedQueue:
    """A control queue of this process.

    It has what it takes to create the queue again or to delete it.

    Attributes:
        generation: how often it was created.
        topic: ARN of the SNS topic it is subscribed to; empty before `Leases.record_subscription`.
        subscription: ARN of that subscription.
    """

    name: str
    url: str
    sqs: Any
    attributes: Mapping[str, str]
    generation: int = 1
    sns: Any = None
    topic: str = ""
    subscription: str = ""


class Leases:
    """The control queues of this process."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all queues.

        For a forked process, which owns none of its parent's.
        """
        # A new lock too: a thread of the parent may have held the old one.
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._queues: dict[str, OwnedQueue] = {}
        self._renewing = False

    def own(self, sqs: Any, name: str, attributes: Mapping[str, str]) -> str:
        """Own a queue: create it unless this process has it already.

        Returns:
            The queue's URL.
        Raises:
            botocore.exceptions.ClientError: SQS refused.
            botocore.exceptions.BotoCoreError: SQS did not answer.
            kombu.exceptions.OperationalError: the process has released its queues already.
        """
        with self._lock:
            if self._ended.is_set():
                raise OperationalError("this process is ending")
            if (queue := self._queues.get(name)) is not None:
                self._renew(queue)
                return queue.url
            url: str = sqs.create_queue(QueueName=name, Attributes=attributes, tags=_build_tags())["QueueUrl"]
            self._queues[name] = OwnedQueue(name, url, sqs, attributes)
            if not self._renewing:
                self._renewing = True
                threading.Thread(target=self._renew_until_end, name="leases", daemon=True).start()
            return url

    def get_generation(self, name: str) -> int:
        """Return how often a queue was created; 0 if not ours."""
        queue = self._queues.get(name)
        return queue.generation if queue else 0

    def record_subscription(self, name: str, generation: int, sns: Any, topic: str, subscription: str) -> bool:
        """Remember a queue's subscription.

        Its policy is remembered too, which lets the topic write into the queue.

        Args:
            name: the queue's.
            generation: that of the queue when it was subscribed.
            sns: boto3's client.
            topic: ARN.
            subscription: ARN.
        Returns:
            False if the queue has been created again since: the subscription was deleted with the old one.
        Raises:
            botocore.exceptions.ClientError: SQS refused, or the queue is gone.
            botocore.exceptions.BotoCoreError: SQS did not answer.
        """
        with self._lock:
            if (queue := self._queues.get(name)) is None:
                return True
            if queue.generation != generation:
                return False
            policy = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["Policy"])
            queue.attributes = {**queue.attributes, **policy.get("Attributes", {})}
            queue.sns, queue.topic, queue.subscription = sns, topic, subscription
            return True

    def release(self, name: str) -> bool:
        """Delete a queue and its subscription, if it is ours.

        Returns:
            False if SQS or SNS failed: a sweep will delete the queue.
        """
        with self._lock:
            queue = self._queues.pop(name, None)
            if queue is None:
                return True
            try:
                if queue.subscription:
                    queue.sns.unsubscribe(SubscriptionArn=queue.subscription)
                queue.sqs.delete_queue(QueueUrl=queue.url)
            except (BotoCoreError, ClientError) as error:
                logger.info("could not delete %s (%s); a sweep will delete it", name, get_error_code(error))
                return False
            return True

    def release_all(self) -> None:
        """Delete all queues of this process, which is ending.

        It stops at the first one that fails.
        """
        self._ended.set()
        with self._lock:
            for name in list(self._queues):
                if not self.release(name):
                    return  # SQS is probably down, and each further call would wait for its timeout.

    def _renew_until_end(self) -> None:
        while not self._ended.wait(RENEWAL_SECONDS):
            for name in list(self._queues):
                with self._lock:
                    queue = self._queues.get(name)
                    if queue is None or self._ended.is_set():
                        continue
                    try:
                        self._renew(queue)
                    except (BotoCoreError, ClientError) as error:
                        logger.info("could not renew the lease on %s (%s)", name, get_error_code(error))

    def _renew(self, queue: OwnedQueue) -> None:
        try:
            queue.sqs.tag_queue(QueueUrl=queue.url, Tags=_build_tags())
        except ClientError as error:
            if not is_missing(error):
                raise
            self._create_again(queue)

    def _create_again(self, queue: OwnedQueue) -> None:
        queue.sqs.create_queue(QueueName=queue.name, Attributes=queue.attributes, tags=_build_tags())
        queue.generation += 1
        if queue.topic:
            arn = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["QueueArn"])["Attributes"]
            queue.subscription = queue.sns.subscribe(
                TopicArn=queue.topic,
                Protocol="sqs",
                Endpoint=arn["QueueArn"],
                Attributes={"RawMessageDelivery": "true"},
                ReturnSubscriptionArn=True,
            )["SubscriptionArn"]
        logger.warning("%s was deleted while its owner was alive; created it again", queue.name)


def _build_tags() -> dict[str, str]:
    return {SEEN_TAG: str(int(time.time())), PREFIX_TAG: settings.queue_prefix}


leases = Leases()


# The object stays the same, because other modules hold it.
after_fork_in_child(leases.reset)
atexit.register(lambda: leases.release_all())
