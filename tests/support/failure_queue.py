"""The failure queue in SQS, past Sluice's own commands."""

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any

import tasks.redact
import tasks.store  # noqa: F401 - the app knows both tasks, which put their headers on messages
from broker.failures import dead_letter
from broker.failures.failure_queue import FailureQueue
from broker.queues import get_queue_url, sqs_client
from settings import settings
from tasks import app
from tasks.failures import Reason
from tests.support.queues import count_messages, take_all
from topology import FAILURES_QUEUE, REDACT_QUEUE

FAILED_AT = "2026-01-31T12:00:00.000+00:00"


@dataclass(frozen=True)
class DeadLetter:
    """A message of the failure queue, and the Celery message in it."""

    body: str
    headers: dict[str, Any]
    args: list[Any]
    embed: dict[str, Any]


def list_dead_letters(tenant: str, prefix: str = settings.queue_prefix) -> list[DeadLetter]:
    """Return the tenant's messages, and leave them in the queue."""
    sqs = sqs_client()
    url = sqs.get_queue_url(QueueName=prefix + FAILURES_QUEUE)["QueueUrl"]
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=2).get("Messages"):
        for message in messages:
            envelope = json.loads(message["Body"])
            args, _kwargs, embed = json.loads(zlib.decompress(base64.b64decode(envelope["body"])))
            letter = DeadLetter(message["Body"], envelope["headers"], args, embed)
            if tenant in json.dumps(args):
                found.append(letter)
    return found


def send_again(letter: DeadLetter) -> None:
    """Put the unchanged message into the queue that it came from."""
    sqs = sqs_client()
    sqs.send_message(QueueUrl=get_queue_url(sqs, letter.headers["origin_queue"]), MessageBody=letter.body)


def fail(tenant: str, *log_ids: str, reason: Reason = Reason.CONFLICT, text: str = "QUOKKA") -> None:
    """Put a message into the failure queue, as a worker does."""
    logs = [{"log_id": log_id, "text": text, "event_time": ""} for log_id in log_ids]
    payload = {"tenant_id": tenant, "request_id": "r-1", "logs": logs, "traceparent": ""}
    why = {"reason": str(reason), "failed_at": FAILED_AT, "origin_queue": REDACT_QUEUE, "attempts": 3}
    following = [app.signature("tasks.store.store")]
    app.signature("tasks.redact.redact", args=(payload,)).apply_async(
        queue=FAILURES_QUEUE, headers=why, chain=following
    )


def held(tenant: str) -> list[dead_letter.DeadLetter]:
    """Return the tenant's messages as an operator sees them."""
    with FailureQueue() as letters:
        return [letter for letter in letters if letter.tenant_id == tenant]


def put(body: str) -> None:
    """Put anything into the failure queue."""
    sqs = sqs_client()
    sqs.send_message(QueueUrl=get_queue_url(sqs, FAILURES_QUEUE), MessageBody=body)


def in_redact() -> list[dict[str, Any]]:
    """Take the messages off the redact queue, which no worker reads."""
    return [json.loads(message["Body"]) for message in take_all(REDACT_QUEUE)]


def visible(queue: str = FAILURES_QUEUE) -> int:
    """Count the visible messages of a queue."""
    return count_messages(queue, "")


def purge() -> None:
    """Delete all messages from the queues failures and redact."""
    sqs = sqs_client()
    for queue in (FAILURES_QUEUE, REDACT_QUEUE):
        sqs.purge_queue(QueueUrl=get_queue_url(sqs, queue))
