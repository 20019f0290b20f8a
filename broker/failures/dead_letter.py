"""A message of the failure queue, and what may be shown.

It is a Celery message that can run again, put there by a worker. Or SQS moved it there because no worker could handle
it: such a message has no reason of ours and may contain anything.
"""

import base64
import json
import zlib
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec

from foundation.timestamps import format_failure_time
from topology import MAX_RETENTION_SECONDS, TASK_QUEUES

TOO_MANY_RECEIVES = "too_many_receives"
"""Reason of a message that SQS moved: each worker died of it or could not read it, or its task was revoked."""
UNREADABLE = "unreadable"
"""Reason of a message that SQS moved and that is no message of ours."""

MAX_CONTENT_BYTES = 64 << 20
"""Limit of decompression. A message of 1 MiB can grow a thousandfold; a larger one is listed without its logs."""
MAX_HEADER_CHARACTERS = 2_000
"""Limit of a shown header. The longest of ours holds the ids of many requests."""


class DeadLetter(msgspec.Struct, frozen=True):
    """One message of the failure queue.

    Its `body` contains texts of logs; all else may be shown.

    Attributes:
        id: hash of what failed and why. Copies have the same: a message that SQS delivers twice fails twice.
        message_id: SQS's id of this copy.
        failed_at: ISO 8601 in UTC. Without a header with that time, when the message was first sent.
        expires_at: when SQS deletes it.
        origin_queue: the queue where it can run again; empty if it can't.
        log_ids: ids of its logs.
    """

    id: str
    message_id: str
    body: str
    reason: str
    failed_at: str
    expires_at: str
    tenant_id: str = ""
    request_id: str = ""
    task: str = ""
    origin_queue: str = ""
    exception: str = ""
    detail: str = ""
    attempts: int = 0
    log_ids: tuple[str, ...] = ()

    @property
    def age_seconds(self) -> float:
        """Seconds since it failed."""
        return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(self.failed_at)).total_seconds())

    def to_public_dict(self) -> dict[str, Any]:
        """Return all that may be shown: everything but the body."""
        public = msgspec.to_builtins(self)
        del public["body"]
        return {**public, "log_ids": list(self.log_ids), "age_seconds": round(self.age_seconds)}


class _Content(msgspec.Struct, frozen=True):
    """A task's first argument, and the names of the tasks that follow."""

    raw: bytes
    payload: Any = None
    following: tuple[str, ...] = ()

    @property
    def logs(self) -> list[dict[str, Any]]:
        """The logs of the payload; none if it is not a batch."""
        logs = self.payload.get("logs") if isinstance(self.payload, dict) else None
        logs = logs if isinstance(logs, list) else []
        return [log for log in logs if isinstance(log, dict) and isinstance(log.get("log_id"), str)]


def parse_dead_letter(message: Any) -> DeadLetter:
    """Parse a message as boto3 receives it, with the attribute SentTimestamp."""
    envelope = _parse_object(message["Body"])
    headers = get_headers(envelope)
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    task = _get_header(headers, "task")
    content = _parse_content(envelope) if task in TASK_QUEUES else None
    reason = _get_header(headers, "reason") if content else ""
    reason = reason or (TOO_MANY_RECEIVES if content else UNREADABLE)
    tenant_id = _get_header(headers, "tenant_id")
    attempts = headers.get("attempts")
    return DeadLetter(
        id=_build_id(message["MessageId"], [task, tenant_id, reason, headers.get("id")], content),
        message_id=message["MessageId"],
        body=message["Body"],
        reason=reason,
        failed_at=format_failure_time(_parse_time(_get_header(headers, "failed_at")) or sent),
        expires_at=format_failure_time(sent + timedelta(seconds=MAX_RETENTION_SECONDS)),
        tenant_id=tenant_id,
        request_id=_get_header(headers, "request_id"),
        task=task,
        origin_queue=TASK_QUEUES[task] if content else "",
        exception=_get_header(headers, "exception"),
        detail=_get_header(headers, "detail"),
        attempts=attempts if isinstance(attempts, int) else 0,
        log_ids=tuple(log["log_id"] for log in content.logs) if content else (),
    )


def get_headers(envelope: dict[str, Any]) -> dict[str, Any]:
    """Return the headers of a Celery message, or an empty dictionary."""
    headers = envelope.get("headers")
    return headers if isinstance(headers, dict) else {}


def _build_id(message_id: str, identity: list[Any], content: _Content | None) -> str:
    """Return an id that all copies of a dead letter share.

    It depends on the logs if there are any, and not on the task's id: a client that sends them again starts another
    task.

    Args:
        message_id: SQS's, the result for a message without readable content.
        identity: task, tenant, reason, and the task's id.
        content: the content.
    """
    if content is None:
        return message_id
    logs = [[log["log_id"], log.get("text", log.get("original_text"))] for log in content.logs]
    identity = [*identity[:3], content.following, logs] if logs else identity
    digest = blake2b(json.dumps(identity).encode(), digest_size=16)
    if not logs:
        digest.update(content.raw)
    return str(UUID(bytes=digest.digest()))


def _parse_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _parse_content(envelope: dict[str, Any]) -> _Content | None:
    """Parse the body of a Celery message.

    Returns:
        None if it can't be read. A content without payload if it is larger than MAX_CONTENT_BYTES.
    """
    try:
        content = base64.b64decode(envelope["body"])
        if envelope["headers"].get("compression") or content[:1] == b"\x78":
            unpacking = zlib.decompressobj()
            content = unpacking.decompress(content, MAX_CONTENT_BYTES)
            if unpacking.unconsumed_tail:
                return _Content(content)
        arguments, _, embedded = json.loads(content)
        following = embedded.get("chain") or ()
        return _Content(content, arguments[0], tuple(step["task"] for step in following))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, zlib.error):
        return None


def _get_header(headers: dict[str, Any], name: str) -> str:
    """Return a header's text; empty if it is not fit to show.

    It goes to a terminal, and anybody may have written it.
    """
    value = headers.get(name)
    return value if isinstance(value, str) and len(value) <= MAX_HEADER_CHARACTERS and value.isprintable() else ""


def _parse_time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else None
