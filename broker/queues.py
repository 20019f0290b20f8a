"""The application's queues: made once, before anything publishes or consumes."""

import json
from typing import TYPE_CHECKING

from foundation.aws_clients import QUEUE_SETUP, CallLimits, make_client
from settings import settings
from topology import FAILURES_QUEUE, MAX_RECEIVES, MAX_RETENTION_SECONDS, REDACT_QUEUE, STORE_QUEUE

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


def sqs_client(limits: CallLimits = QUEUE_SETUP) -> "SQSClient":
    """Make a blocking SQS client for the configured endpoint."""
    client: SQSClient = make_client("sqs", limits)
    return client


def get_queue_name(queue: str) -> str:
    """The name in SQS of one of topology's queues."""
    return settings.queue_prefix + queue


def get_queue_url(sqs: "SQSClient", queue: str) -> str:
    """The URL of one of topology's queues.

    Raises:
        botocore.exceptions.ClientError: SQS refused, or there is no such queue.
        botocore.exceptions.BotoCoreError: SQS did not answer.
    """
    return sqs.get_queue_url(QueueName=get_queue_name(queue))["QueueUrl"]


def check_queues() -> None:
    """Nothing, when SQS answers and has the queues.

    Raises:
        botocore.exceptions.ClientError: SQS refused, or a queue is missing.
        botocore.exceptions.BotoCoreError: SQS did not answer.
    """
    sqs = sqs_client()
    for queue in (REDACT_QUEUE, STORE_QUEUE, FAILURES_QUEUE):
        get_queue_url(sqs, queue)


def create_queues() -> list[str]:
    """Make `redact`, `store` and `failures`, the first two with a redrive policy into the third.

    Running it again brings the attributes of queues that exist up to date.

    Returns:
        The names of the queues in SQS.
    Raises:
        botocore.exceptions.ClientError: SQS refused.
        botocore.exceptions.BotoCoreError: SQS did not answer.
    """
    sqs = sqs_client()
    failures = _ensure(sqs, FAILURES_QUEUE, {"MessageRetentionPeriod": str(MAX_RETENTION_SECONDS)})
    arn = sqs.get_queue_attributes(QueueUrl=failures, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = {
        "VisibilityTimeout": str(settings.visibility_timeout_seconds),
        "MessageRetentionPeriod": str(MAX_RETENTION_SECONDS),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": MAX_RECEIVES}),
    }
    for queue in (REDACT_QUEUE, STORE_QUEUE):
        _ensure(sqs, queue, attributes)
    return [get_queue_name(queue) for queue in (REDACT_QUEUE, STORE_QUEUE, FAILURES_QUEUE)]


def _ensure(sqs: "SQSClient", queue: str, attributes: dict[str, str]) -> str:
    try:
        url = get_queue_url(sqs, queue)
    except sqs.exceptions.QueueDoesNotExist:
        # Created bare: creating with attributes fails when another process got there first with other ones.
        url = sqs.create_queue(QueueName=get_queue_name(queue))["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]  # str for a Literal
    return url
