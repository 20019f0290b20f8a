"""What travels between the processes: the logs of one tenant that arrived together."""

import re

import msgspec

from topology import TENANT_ID_PATTERN


class Log(msgspec.Struct, frozen=True):
    """A log as it was accepted. `event_time` is when its sender says that it happened, ISO 8601, UTC, or empty."""

    log_id: str
    text: str
    event_time: str = ""


class Batch(msgspec.Struct, frozen=True):
    """The unit that travels to the redact task.

    `request_id` is that of the request, or those of several, joined by commas; `traceparent` is W3C's, or empty.
    """

    tenant_id: str
    request_id: str
    logs: tuple[Log, ...]
    traceparent: str = ""


class RedactedLog(msgspec.Struct, frozen=True):
    """A log as it will be stored. `processed_at` is ISO 8601, UTC; `redactions` counts by entity what was replaced."""

    log_id: str
    original_text: str
    modified_text: str
    processed_at: str
    redactions: dict[str, int] = {}
    event_time: str = ""


class RedactedBatch(msgspec.Struct, frozen=True):
    """The unit that travels to the store task."""

    tenant_id: str
    request_id: str
    logs: tuple[RedactedLog, ...]
    traceparent: str = ""


AnyBatch = Batch | RedactedBatch


def tenant_of(payload: object) -> str | None:
    """The tenant of a batch as builtins; None when it has none that can be one."""
    tenant = payload.get("tenant_id") if isinstance(payload, dict) else None
    return tenant if isinstance(tenant, str) and re.fullmatch(TENANT_ID_PATTERN, tenant) else None


def describe(payload: object) -> str:
    """What Flower, events and logs show for a batch on its way: never a text.

    Args:
        payload: a batch as builtins, or anything else that came in its place.
    """
    if isinstance(payload, dict) and isinstance(payload.get("logs"), list | tuple):
        count = len(payload["logs"])
        return f"({count} {'log' if count == 1 else 'logs'} of tenant {tenant_of(payload)})"
    return "(not a batch)"
