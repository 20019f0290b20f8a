"""Queues in SQS, read without Celery."""

import base64
import json
import time
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from broker.queues import sqs_client
from settings import settings

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

# Made once, because that takes longer than all calls of a test, and before a test puts a proxy before SQS.
_SQS = sqs_client()


def take_all(queue: str, prefix: str = settings.queue_prefix) -> Iterator["MessageTypeDef"]:
    """Take all messages off a queue that no worker reads any more.

    Waits for held messages too: the engine continues the poll of a killed worker, and messages that it gives to that
    poll come back only after the visibility timeout.
    """
    url = _SQS.get_queue_url(QueueName=prefix + queue)["QueueUrl"]
    while True:
        messages = _SQS.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])
        for message in messages.get("Messages", []):
            _SQS.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield message
        if not messages.get("Messages"):
            if not count_messages(queue, "", "NotVisible", prefix=prefix):
                return
            time.sleep(0.1)


def count_messages(queue: str, *states: str, prefix: str = settings.queue_prefix) -> int:
    """Count the messages of a queue that are in one of `states`.

    The states are SQS's: NotVisible, Delayed, or "" for visible messages.
    """
    names: Any = [f"ApproximateNumberOfMessages{state}" for state in states]
    url = _SQS.get_queue_url(QueueName=prefix + queue)["QueueUrl"]
    counts = _SQS.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(counts[name]) for name in names)


def receive_twice(prefix: str) -> None:
    """Make SQS move messages of redact to failures after two receives."""
    queue = _SQS.get_queue_url(QueueName=f"{prefix}redact")["QueueUrl"]
    policy = _SQS.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    twice: Any = {"RedrivePolicy": json.dumps(json.loads(policy) | {"maxReceiveCount": 2}), "VisibilityTimeout": "2"}
    _SQS.set_queue_attributes(QueueUrl=queue, Attributes=twice)


def payload(message: "MessageTypeDef") -> Any:
    """Return the first argument of the task in a message."""
    return json.loads(zlib.decompress(base64.b64decode(json.loads(message["Body"])["body"])))[0][0]
