"""Leases: how a sweep knows that the process that owns a control queue is alive.

SQS does not show whether anybody polls a queue, so the owner says so: a thread of every process that has made control
queues writes the time into a tag of each, RENEWALS_PER_LEASE times per SLUICE_CONTROL_LEASE_SECONDS. A thread and not
the polling, because a caller's reply queue is idle between two calls, Flower's for hours, and because a worker whose
event loop is busy is alive too. At 60 s between renewals, the 30 tag operations a second that SQS allows an account are
enough for 1,800 queues.

A lease that has run out proves nothing yet: nobody could renew during an outage of SQS. So `broker.control.sweep`
looks again after more than one renewal, and never deletes a queue whose lease has moved. A process that was stopped
for longer than all of that (SIGSTOP, a sleeping laptop) finds its queues swept, and its next renewal makes them anew.

A clean end deletes the queues; after a kill they are left to a sweep.
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
from settings import settings

logger = logging.getLogger(__name__)

SEEN_TAG = "sluice-owner-seen"
"""Seconds since the epoch."""
PREFIX_TAG = "sluice-queue-prefix"
"""Whose queue it is: one application's prefix may begin with another one's."""

RENEWALS_PER_LEASE = 5
RENEWAL_SECONDS = settings.control_lease_seconds / RENEWALS_PER_LEASE

_MISSING_CODES = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "NotFound"}


def is_missing(error: ClientError) -> bool:
    """Whether SQS or SNS said that there is no such queue, topic or subscription."""
    return error.response["Error"]["Code"] in _MISSING_CODES


@dataclass
class OwnedQueue:
    """A control queue of this process, with all that it takes to make it again or to delete it.

    `generation` is how often it was made.
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
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._queues: dict[str, OwnedQueue] = {}
        self._renewing = False

    def own(self, sqs: Any, name: str, attributes: Mapping[str, str]) -> str:
        """Own a queue: make it unless this process has it already.

        Returns:
            Its URL.
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
            url: str = sqs.create_queue(QueueName=name, Attributes=attributes, tags=_tags())["QueueUrl"]
            self._queues[name] = OwnedQueue(name, url, sqs, attributes)
            if not self._renewing:
                self._renewing = True
                threading.Thread(target=self._keep_renewing, name="leases", daemon=True).start()
            return url

    def get_generation(self, name: str) -> int:
        """How often a queue was made; 0 if it is not ours."""
        queue = self._queues.get(name)
        return queue.generation if queue else 0

    def record_subscription(self, name: str, generation: int, sns: Any, topic: str, subscription: str) -> bool:
        """Remember a queue's subscription (both by ARN), and the policy that lets the topic into the queue.

        Returns:
            False if the queue was created again after `generation`: the subscription went with the old one.
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
        """Delete a queue and its subscription, if it is ours. What fails is left to a sweep.

        Returns:
            Whether that worked.
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
                logger.info("could not delete %s (%s); a sweep will", name, type(error).__name__)
                return False
            return True

    def release_all(self) -> None:
        """Delete all of them, for a process that ends. Gives up at the first that fails: SQS is probably away."""
        self._ended.set()
        with self._lock:
            for name in list(self._queues):
                if not self.release(name):
                    return

    def _keep_renewing(self) -> None:
        while not self._ended.wait(RENEWAL_SECONDS):
            for name in list(self._queues):
                with self._lock:
                    queue = self._queues.get(name)
                    if queue is None or self._ended.is_set():
                        continue
                    try:
                        self._renew(queue)
                    except (BotoCoreError, ClientError) as error:
                        logger.info("could not renew the lease on %s (%s)", name, type(error).__name__)

    def _renew(self, queue: OwnedQueue) -> None:
        try:
            queue.sqs.tag_queue(QueueUrl=queue.url, Tags=_tags())
        except ClientError as error:
            if not is_missing(error):
                raise
            self._make_again(queue)

    def _make_again(self, queue: OwnedQueue) -> None:
        queue.sqs.create_queue(QueueName=queue.name, Attributes=queue.attributes, tags=_tags())
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
        logger.warning("%s was deleted under its owner, made it again", queue.name)


def _tags() -> dict[str, str]:
    return {SEEN_TAG: str(int(time.time())), PREFIX_TAG: settings.queue_prefix}


leases = Leases()


@after_fork_in_child
def _forget() -> None:
    # A forked process owns nothing of its parent's; and a thread of the parent may have held the lock.
    leases.__init__()  # type: ignore[misc]  # in place: other modules hold the object


atexit.register(lambda: leases.release_all())
