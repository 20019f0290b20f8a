"""A message of the failure queue, and what may be told about it.

It is a Celery message that can run again, or what SQS moved there because no worker could do anything with it: that has
no reason of ours, and may be anything.
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
"""The reason of what SQS moved: its worker died each time, or could not read it, or somebody revoked it."""
UNREADABLE = "unreadable"
"""The reason of what SQS moved and is no message of ours."""

LONGEST_CONTENT = 64 << 20
"""A message of 1 MiB can grow to a thousand times that; what is in one that grows beyond this is not looked at."""
LONGEST_SAID = 2_000
"""Characters of a header; the longest of ours are the ids of many requests."""


class DeadLetter(msgspec.Struct, frozen=True):
    """A message of the failure queue. `body` has texts in it; all else may be shown.

    Attributes:
        id: of what failed and why. The same for all copies: a message that was delivered twice fails twice.
        message_id: SQS's, of this copy.
        failed_at: ISO 8601, UTC; when it came into a queue first if nobody noted when it failed.
        expires_at: when SQS deletes it.
        origin_queue: where it can run again; empty when it can't.
        log_ids: of the logs in it.
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
        """How long ago it failed."""
        return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(self.failed_at)).total_seconds())

    def to_public_dict(self) -> dict[str, Any]:
        """All but its text."""
        public = msgspec.to_builtins(self)
        del public["body"]
        return {**public, "log_ids": list(self.log_ids), "age_seconds": round(self.age_seconds)}


class _Content(msgspec.Struct, frozen=True):
    """What is in the envelope: a task's first argument, and the tasks that follow."""

    raw: bytes
    payload: Any = None
    following: tuple[str, ...] = ()

    @property
    def logs(self) -> list[dict[str, Any]]:
        logs = self.payload.get("logs") if isinstance(self.payload, dict) else None
        logs = logs if isinstance(logs, list) else []
        return [log for log in logs if isinstance(log, dict) and isinstance(log.get("log_id"), str)]


def parse_dead_letter(message: Any) -> DeadLetter:
    """A message as boto3 receives it, with the attribute SentTimestamp."""
    envelope = _object(message["Body"])
    headers = headers_of(envelope)
    sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
    task = _said(headers, "task")
    content = _content(envelope) if task in TASK_QUEUES else None
    reason = _said(headers, "reason") if content else ""
    reason = reason or (TOO_MANY_RECEIVES if content else UNREADABLE)
    tenant_id = _said(headers, "tenant_id")
    attempts = headers.get("attempts")
    return DeadLetter(
        id=_id(message["MessageId"], [task, tenant_id, reason, headers.get("id")], content),
        message_id=message["MessageId"],
        body=message["Body"],
        reason=reason,
        failed_at=format_failure_time(_moment(_said(headers, "failed_at")) or sent),
        expires_at=format_failure_time(sent + timedelta(seconds=MAX_RETENTION_SECONDS)),
        tenant_id=tenant_id,
        request_id=_said(headers, "request_id"),
        task=task,
        origin_queue=TASK_QUEUES[task] if content else "",
        exception=_said(headers, "exception"),
        detail=_said(headers, "detail"),
        attempts=attempts if isinstance(attempts, int) else 0,
        log_ids=tuple(log["log_id"] for log in content.logs) if content else (),
    )


def headers_of(envelope: dict[str, Any]) -> dict[str, Any]:
    """Those of a Celery message; none of what is not one."""
    headers = envelope.get("headers")
    return headers if isinstance(headers, dict) else {}


def _id(message_id: str, what: list[Any], content: _Content | None) -> str:
    """By the logs, where there are any: they may come in a task of another id when a client sends them again."""
    if content is None:
        return message_id
    logs = [[log["log_id"], log.get("text", log.get("original_text"))] for log in content.logs]
    identity = [*what[:3], content.following, logs] if logs else what
    digest = blake2b(json.dumps(identity).encode(), digest_size=16)
    if not logs:
        digest.update(content.raw)
    return str(UUID(bytes=digest.digest()))


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _content(envelope: dict[str, Any]) -> _Content | None:
    """None when it can't be read; without payload when it is too large to look at."""
    try:
        content = base64.b64decode(envelope["body"])
        if envelope["headers"].get("compression") or content[:1] == b"\x78":
            unpacking = zlib.decompressobj()
            content = unpacking.decompress(content, LONGEST_CONTENT)
            if unpacking.unconsumed_tail:
                return _Content(content)
        arguments, _, embedded = json.loads(content)
        following = embedded.get("chain") or ()
        return _Content(content, arguments[0], tuple(step["task"] for step in following))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, zlib.error):
        return None


def _said(headers: dict[str, Any], name: str) -> str:
    """What a header says. It goes to a terminal, and anybody may have written it."""
    value = headers.get(name)
    return value if isinstance(value, str) and len(value) <= LONGEST_SAID and value.isprintable() else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
