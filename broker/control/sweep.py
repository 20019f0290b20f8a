"""Deletion of the control queues that killed processes left, with their subscriptions."""

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
from observability import get_error_code
from settings import settings
from topology import FAILURES_QUEUE

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

logger = logging.getLogger(__name__)

SECOND_LOOK_SECONDS = 1.5 * RENEWAL_SECONDS
"""Wait before the second look at an expired lease: longer than a living owner needs between two renewals."""
SWEPT_TAG = "sluice-swept"
"""A tag of the failure queue: when a worker last swept, in seconds since the epoch.

It keeps the workers of a fleet from sweeping all at once. Reading and writing it is not atomic; two sweeps side by side
do no harm.
"""
PAGE = 1000

_started = threading.Lock()


@dataclass(frozen=True)
class Swept:
    """The names of deleted queues and the ARNs of deleted subscriptions."""

    queues: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()


def sweep(older_than: float = settings.control_lease_seconds, page: int = PAGE) -> Swept:
    """Delete control queues whose owner is gone, and subscriptions of missing queues.

    An owner is gone if the lease was last renewed more than `older_than` seconds ago and is not renewed for
    SECOND_LOOK_SECONDS more; the call waits that long if there is such a queue. For a queue that never had a lease its
    creation counts. Only subscriptions to our two topics are deleted. Sweeps may run side by side.

    Args:
        older_than: seconds since the last renewal; with 0 the second look alone decides.
        page: queues per call of ListQueues, at most 1,000.
    Raises:
        botocore.exceptions.ClientError: SQS or SNS refused.
        botocore.exceptions.BotoCoreError: SQS or SNS did not answer.
    """
    sqs, sns = sqs_client(SWEEP), make_client("sns", SWEEP)
    names = _list_control_queues(sqs, page)
    latest = time.time() - older_than
    lapsed = {name: seen for name in names if (seen := _get_last_renewal(sqs, name)) is not None and seen <= latest}
    if lapsed:
        time.sleep(SECOND_LOOK_SECONDS)
    subscriptions = list(_list_subscriptions(sns))
    deleted, unsubscribed = [], []
    for name, seen in sorted(lapsed.items()):
        if _get_last_renewal(sqs, name) == seen:
            # Subscriptions first: an owner that turns out to be alive creates both again once the queue is gone.
            unsubscribed += [arn for arn, queue in subscriptions if queue == name and _unsubscribe(sns, arn)]
            deleted += [name] if _delete_queue(sqs, name) else []
    for arn, queue in subscriptions:
        if queue not in names and _find_queue_url(sqs, queue) is None and _unsubscribe(sns, arn):
            unsubscribed.append(arn)
    return Swept(tuple(deleted), tuple(unsubscribed))


def start_sweeping() -> None:
    """Start to sweep in the background, in turn with the other workers.

    Each sweeps once per lease.

    A second call in the same process does nothing.
    """
    if _started.acquire(blocking=False):
        threading.Thread(target=_keep_sweeping, name="sweep", daemon=True).start()


def _keep_sweeping() -> None:
    # At random times, so that workers that were started together do not all find that it is their turn.
    time.sleep(random.uniform(0, RENEWAL_SECONDS))  # noqa: S311 - jitter, not a secret
    while True:
        try:
            if _claim_turn(sqs_client(SWEEP)):
                swept = sweep()
                if swept != Swept():
                    logger.info("swept control queues of processes that are gone: %s", swept)
        except (BotoCoreError, ClientError) as error:
            logger.warning("could not sweep (%s), retrying later", get_error_code(error))
        time.sleep(settings.control_lease_seconds * random.uniform(0.5, 1.0))  # noqa: S311  # no secret


def _claim_turn(sqs: "SQSClient") -> bool:
    url = get_queue_url(sqs, FAILURES_QUEUE)
    swept = float(sqs.list_queue_tags(QueueUrl=url).get("Tags", {}).get(SWEPT_TAG, 0))
    if time.time() - swept < settings.control_lease_seconds / 2:
        return False
    sqs.tag_queue(QueueUrl=url, Tags={SWEPT_TAG: str(int(time.time()))})
    return True


def _list_control_queues(sqs: "SQSClient", page: int) -> set[str]:
    pages = sqs.get_paginator("list_queues").paginate(
        QueueNamePrefix=settings.queue_prefix, PaginationConfig={"PageSize": page}
    )
    names = [url.rsplit("/", 1)[-1] for urls in pages for url in urls.get("QueueUrls", [])]
    return {name for name in names if is_control_queue(name, settings.queue_prefix)}


def _get_last_renewal(sqs: "SQSClient", name: str) -> float | None:
    """Return when a queue's lease was last renewed.

    Returns:
        Seconds since the epoch. None if the queue is missing or belongs to another application.
    """
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        tags = sqs.list_queue_tags(QueueUrl=url).get("Tags", {})
        if tags.get(PREFIX_TAG, settings.queue_prefix) != settings.queue_prefix:
            return None
        if SEEN_TAG in tags:
            return float(tags[SEEN_TAG])
        created = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["CreatedTimestamp"])
        return float(created["Attributes"]["CreatedTimestamp"])
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def _list_subscriptions(sns: Any) -> Iterator[tuple[str, str]]:
    """Yield ARN and queue name of the control queues' subscriptions.

    Only those to our two topics.
    """
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


def _find_queue_url(sqs: "SQSClient", name: str) -> str | None:
    try:
        return sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def _unsubscribe(sns: Any, arn: str) -> bool:
    """Delete a subscription; return False if another sweep was faster."""
    try:
        sns.unsubscribe(SubscriptionArn=arn)
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True


def _delete_queue(sqs: "SQSClient", name: str) -> bool:
    """Delete a queue; return False if another sweep was faster."""
    try:
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
    except ClientError as error:
        if is_missing(error):
            return False
        raise
    return True
