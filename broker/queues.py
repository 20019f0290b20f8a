"""The application's queues, created before anything publishes or consumes."""

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
    """Return the name in SQS of one of topology's queues."""
    return settings.queue_prefix + queue


def get_queue_url(sqs: "SQSClient", queue: str) -> str:
    """Return the URL of one of topology's queues.

    Raises:
        botocore.exceptions.ClientError: SQS refused, or the queue is missing.
        botocore.exceptions.BotoCoreError: SQS did not answer.
    """
    return sqs.get_queue_url(QueueName=get_queue_name(queue))["QueueUrl"]


def check_queues() -> None:
    """Raise unless SQS answers and has the three queues.

    Raises:
        botocore.exceptions.ClientError: SQS refused, or a queue is missing.
        botocore.exceptions.BotoCoreError: SQS did not answer.
    """
    sqs = sqs_client()
    for queue in (REDACT_QUEUE, STORE_QUEUE, FAILURES_QUEUE):
        get_queue_url(sqs, queue)


def create_queues() -> list[str]:
    """Create the queues `redact`, `store` and `failures`, or update their attributes.

    The first two get a redrive policy into the third.

    Returns:
        The queues' names in SQS.
    Raises:
        botocore.exceptions.ClientError: SQS refused.
        botocore.exceptions.BotoCoreError: SQS did not answer.
    """
    sqs = sqs_client()
    failures = _ensure_queue(sqs, FAILURES_QUEUE, {"MessageRetentionPeriod": str(MAX_RETENTION_SECONDS)})
    arn = sqs.get_queue_attributes(QueueUrl=failures, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = {
        "VisibilityTimeout": str(settings.visibility_timeout_seconds),
        "MessageRetentionPeriod": str(MAX_RETENTION_SECONDS),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": MAX_RECEIVES}),
    }
    for queue in (REDACT_QUEUE, STORE_QUEUE):
        _ensure_queue(sqs, queue, attributes)
    return [get_queue_name(queue) for queue in (REDACT_QUEUE, STORE_QUEUE, FAILURES_QUEUE)]


def _ensure_queue(sqs: "SQSClient", queue: str, attributes: dict[str, str]) -> str:
    try:
        url = get_queue_url(sqs, queue)
    except sqs.exceptions.QueueDoesNotExist:
        # Without attributes: CreateQueue fails if the queue exists by now with other attributes, because another
        # process was faster.
        url = sqs.create_queue(QueueName=get_queue_name(queue))["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]  # str for a Literal
    return url
