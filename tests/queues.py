"""A queue as SQS has it, without Celery."""

import base64
import json
import time
import zlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from broker.queues import sqs_client
from settings import settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef


def take_all(queue: str, prefix: str = settings.queue_prefix) -> Iterator["MessageTypeDef"]:
    """Takes all messages off a queue that no worker reads any more.

    Waits for those that somebody holds: the engine goes on with the poll of a worker that was killed, and what it gives
    to that poll comes back only with the visibility timeout.
    """
    sqs = _client()
    url = sqs.get_queue_url(QueueName=prefix + queue)["QueueUrl"]
    while True:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])
        for message in messages.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield message
        if not messages.get("Messages"):
            if not counted(queue, "", "NotVisible", prefix=prefix):
                return
            time.sleep(0.1)


def counted(queue: str, *states: str, prefix: str = settings.queue_prefix) -> int:
    """How many messages of a queue are in these states, in SQS's words: NotVisible, Delayed, or "" for none of both."""
    names: Any = [f"ApproximateNumberOfMessages{state}" for state in states]
    url = _client().get_queue_url(QueueName=prefix + queue)["QueueUrl"]
    counts = _client().get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(counts[name]) for name in names)


def receive_twice(prefix: str) -> None:
    """What comes back to redact once more goes to failures, and soon."""
    sqs = _client()
    queue = sqs.get_queue_url(QueueName=f"{prefix}redact")["QueueUrl"]
    policy = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    twice: Any = {"RedrivePolicy": json.dumps(json.loads(policy) | {"maxReceiveCount": 2}), "VisibilityTimeout": "2"}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes=twice)


@cache
def _client() -> "SQSClient":
    """Takes longer to make than all calls of a test."""
    return sqs_client()


def payload(message: "MessageTypeDef") -> Any:
    """The first argument of the task in a message."""
    return json.loads(zlib.decompress(base64.b64decode(json.loads(message["Body"])["body"])))[0][0]
