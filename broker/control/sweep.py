"""Deleting the control queues that killed processes left, with their subscriptions."""

import logging
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from broker.control.leases import PREFIX_TAG, RENEWAL_SECONDS, SEEN_TAG, is_missing
from broker.control.names import CONTROL_TOPICS, is_control_queue
from broker.queues import get_queue_url, sqs_client
from foundation.aws_clients import SWEEP, make_client
from settings import settings
from topology import FAILURES_QUEUE

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

logger = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1.5 * RENEWAL_SECONDS
"""Longer than an owner that is alive lets pass between two renewals."""
SWEPT_TAG = "sluice-swept"
"""On the failure queue: when a worker last swept, seconds since the epoch. It keeps 200 workers from all sweeping."""
PAGE = 1000

_started = threading.Lock()


@dataclass(frozen=True)
class Swept:
    """What a sweep deleted: names of queues in SQS, ARNs of subscriptions."""

    queues: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()


def sweep(older_than: float = settings.control_lease_seconds, page: int = PAGE) -> Swept:
    """Delete control queues whose owner is gone, and the subscriptions to our two topics of queues that are gone.

    A queue's owner is gone when its lease was last renewed more than `older_than` seconds ago and is not renewed for
    LOOK_AGAIN_SECONDS more; this waits that long if there is such a queue. A queue that never had a lease counts from
    when it was made. Sweeps may run side by side.

    Args:
        older_than: seconds; with 0 the second look alone decides.
        page: queues per call of ListQueues, at most 1,000.
    Raises:
        botocore.exceptions.ClientError: SQS or SNS refused.
        botocore.exceptions.BotoCoreError: SQS or SNS did not answer.
    """
    sqs, sns = sqs_client(SWEEP), make_client("sns", SWEEP)
    names = _control_queues(sqs, page)
    latest = time.time() - older_than
    lapsed = {name: seen for name in names if (seen := _last_seen(sqs, name)) is not None and seen <= latest}
    if lapsed:
        time.sleep(LOOK_AGAIN_SECONDS)
    subscriptions = list(_subscriptions(sns))
    deleted, unsubscribed = [], []
    for name, seen in sorted(lapsed.items()):
        if _last_seen(sqs, name) == seen:
            # Subscriptions first: an owner that turns out to be alive makes both anew once the queue is gone.
            unsubscribed += [arn for arn, queue in subscriptions if queue == name and _unsubscribe(sns, arn)]
            deleted += [name] if _delete(sqs, name) else []
    for arn, queue in subscriptions:
        if queue not in names and _url(sqs, queue) is None and _unsubscribe(sns, arn):
            unsubscribed.append(arn)
    return Swept(tuple(deleted), tuple(unsubscribed))


def sweep_from_now_on() -> None:
    """Sweep in the background once per lease, in turn with the other workers; once per process is enough."""
    if _started.acquire(blocking=False):
        threading.Thread(target=_keep_sweeping, name="sweep", daemon=True).start()


def _keep_sweeping() -> None:
    # At random moments, so that workers that were started together do not all find that it is their turn.
    time.sleep(random.uniform(0, RENEWAL_SECONDS))  # noqa: S311 - jitter, not a secret
    while True:
        try:
            if _take_turn(sqs_client(SWEEP)):
                swept = sweep()
                if swept != Swept():
                    logger.info("swept %d control queues of processes that are gone: %s", len(swept.queues), swept)
        except (BotoCoreError, ClientError) as error:
            logger.warning("could not sweep (%s), trying again later", type(error).__name__)
        time.sleep(settings.control_lease_seconds * random.uniform(0.5, 1.0))  # noqa: S311  # no secret


def _take_turn(sqs: "SQSClient") -> bool:
    url = get_queue_url(sqs, FAILURES_QUEUE)
    swept = float(sqs.list_queue_tags(QueueUrl=url).get("Tags", {}).get(SWEPT_TAG, 0))
    if time.time() - swept < settings.control_lease_seconds / 2:
        return False
    sqs.tag_queue(QueueUrl=url, Tags={SWEPT_TAG: str(int(time.time()))})
    return True


def _control_queues(sqs: "SQSClient", page: int) -> set[str]:
    pages = sqs.get_paginator("list_queues").paginate(
        QueueNamePrefix=settings.queue_prefix, PaginationConfig={"PageSize": page}
    )
    names = [url.rsplit("/", 1)[-1] for urls in pages for url in urls.get("QueueUrls", [])]
    return {name for name in names if is_control_queue(name, settings.queue_prefix)}


def _last_seen(sqs: "SQSClient", name: str) -> float | None:
    """When the queue's owner was last seen; None when there is no such queue, or it is another application's."""
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        tags = sqs.list_queue_tags(QueueUrl=url).get("Tags", {})
        if tags.get(PREFIX_TAG, settings.queue_prefix) != settings.queue_prefix:
            return None
        if SEEN_TAG in tags:
            return float(tags[SEEN_TAG])
        made = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["CreatedTimestamp"])
        return float(made["Attributes"]["CreatedTimestamp"])
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def _subscriptions(sns: Any) -> Iterator[tuple[str, str]]:
    """ARN and queue name of every control queue's subscription to one of our two topics."""
    ours = {settings.queue_prefix + topic for topic in CONTROL_TOPICS}
    topics = [topic["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for topic in page["Topics"]]
    for topic in topics:
        if topic.rsplit(":", 1)[-1] not in ours:
            continue
        for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic):
            for subscription in page["Subscriptions"]:
                name = subscription["Endpoint"].rsplit(":", 1)[-1]
                if subscription["Protocol"] == "sqs" and is_control_queue(name, settings.queue_prefix):
                    yield subscription["SubscriptionArn"], name


def _url(sqs: "SQSClient", name: str) -> str | None:
    try:
        return sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def _unsubscribe(sns: Any, arn: str) -> bool:
    """False when another sweep was first."""
    try:
        sns.unsubscribe(SubscriptionArn=arn)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def _delete(sqs: "SQSClient", name: str) -> bool:
    """False when another sweep was first."""
    try:
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True
