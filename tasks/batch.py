"""Batches of one tenant's logs, as they travel between the processes."""

import re

import msgspec

from topology import TENANT_ID_PATTERN

MAX_REQUEST_ID_CHARACTERS = 8_192
"""Length of the joined ids of a batch's requests: they are headers too, for which the transport leaves 32 KiB."""


class Log(msgspec.Struct, frozen=True):
    """Log as it was accepted.

    `event_time` is the time of the event as its sender states it, in ISO 8601 and UTC, or empty.
    """

    log_id: str
    text: str
    event_time: str = ""


class Batch(msgspec.Struct, frozen=True):
    """Batch for the redact task.

    `request_id` is the id of the request, or the ids of several, joined by commas. `traceparent` is W3C's header, or
    empty.
    """

    tenant_id: str
    request_id: str
    logs: tuple[Log, ...]
    traceparent: str = ""


class RedactedLog(msgspec.Struct, frozen=True):
    """Log as it will be stored.

    `processed_at` is in ISO 8601 and UTC. `redactions` counts the replaced values by entity.
    """

    log_id: str
    original_text: str
    modified_text: str
    processed_at: str
    redactions: dict[str, int] = {}
    event_time: str = ""


class RedactedBatch(msgspec.Struct, frozen=True):
    """Batch for the store task."""

    tenant_id: str
    request_id: str
    logs: tuple[RedactedLog, ...]
    traceparent: str = ""


AnyBatch = Batch | RedactedBatch


def get_tenant_id(payload: object) -> str | None:
    """Return the valid tenant of a batch as builtins, or None."""
    tenant = payload.get("tenant_id") if isinstance(payload, dict) else None
    return tenant if isinstance(tenant, str) and re.fullmatch(TENANT_ID_PATTERN, tenant) else None


def count_logs(payload: object) -> int:
    """Return the number of logs in a batch as builtins.

    Anything else has 0.
    """
    logs = payload.get("logs") if isinstance(payload, dict) else None
    return len(logs) if isinstance(logs, list | tuple) else 0


def describe_batch(payload: object) -> str:
    """Return what events and logs show of a batch.

    It never quotes a text; Flower shows it too.

    Args:
        payload: a batch as builtins, or anything else that a message holds in its place.
    """
    if isinstance(payload, dict) and isinstance(payload.get("logs"), list | tuple):
        count = len(payload["logs"])
        return f"({count} {'log' if count == 1 else 'logs'} of tenant {get_tenant_id(payload)})"
    return "(not a batch)"
