"""What travels between the processes: the logs of one tenant that arrived together."""

import msgspec


class Log(msgspec.Struct, frozen=True):
    """A log as it was accepted."""

    log_id: str
    text: str


class Batch(msgspec.Struct, frozen=True):
    """The unit that travels to the redact task."""

    tenant_id: str
    request_id: str
    logs: tuple[Log, ...]


class RedactedLog(msgspec.Struct, frozen=True):
    """A log as it will be stored. `processed_at` is ISO 8601, UTC; `redactions` counts by entity what was replaced."""

    log_id: str
    original_text: str
    modified_text: str
    processed_at: str
    redactions: dict[str, int] = {}


class RedactedBatch(msgspec.Struct, frozen=True):
    """The unit that travels to the store task."""

    tenant_id: str
    request_id: str
    logs: tuple[RedactedLog, ...]


AnyBatch = Batch | RedactedBatch


def describe(payload: object) -> str:
    """What Flower, events and logs show for a batch on its way: never a text.

    Args:
        payload: a batch as builtins, or anything else that came in its place.
    """
    if isinstance(payload, dict) and isinstance(payload.get("logs"), list | tuple):
        count = len(payload["logs"])
        return f"({count} {'log' if count == 1 else 'logs'} of tenant {payload.get('tenant_id')})"
    return "(not a batch)"
