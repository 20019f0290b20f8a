"""From an OTLP log record to an entry. https://opentelemetry.io/docs/specs/otel/logs/data-model/"""

import math
from typing import Any

import msgspec

from topology import MAX_LOG_ID_CHARACTERS
from webapp.ingest.event_times import to_event_time
from webapp.ingest.validation import Entry
from webapp.protocols.entries import TEXT_MISSING, kept_whole, rejected


class LogRecord(msgspec.Struct, omit_defaults=True):
    """A log record as it is kept: the same from protobuf and from JSON, without what is not set."""

    body: Any = None
    severity_text: str = ""
    severity_number: int = 0
    event_name: str = ""
    attributes: dict[str, Any] = {}
    resource: dict[str, Any] = {}
    scope: dict[str, Any] = {}
    trace_id: str = ""
    span_id: str = ""


def to_entry(record: LogRecord, time_unix_nano: int, observed_time_unix_nano: int) -> Entry:
    """An entry whose text is the body, or the record's JSON if there is more to it than a string.

    Args:
        record: with its resource and scope.
        time_unix_nano: when it happened; 0 if that isn't known.
        observed_time_unix_nano: when it was collected; 0 if that isn't known.
    """
    log_id = _uid_of(record)
    nanoseconds = time_unix_nano or observed_time_unix_nano
    event_time = to_event_time(nanoseconds) if nanoseconds else ""
    kept: dict[str, Any] = msgspec.to_builtins(record)
    if kept.keys() == {"body"} and isinstance(record.body, str):
        return Entry(record.body, event_time=event_time or None)
    if record.body in (None, "") and not record.attributes and not record.event_name:
        return rejected(TEXT_MISSING, log_id)
    return kept_whole(kept, event_time or None, log_id)


def _uid_of(record: LogRecord) -> str | None:
    """What OpenTelemetry has for telling a record that is sent twice.

    https://opentelemetry.io/docs/specs/semconv/general/logs/#general-log-identification-attributes
    """
    uid = record.attributes.get("log.record.uid")
    if isinstance(uid, str) and 1 <= len(uid) <= MAX_LOG_ID_CHARACTERS and uid.isprintable():
        return uid
    return None


def to_number(value: float) -> float | str:
    """JSON knows neither NaN nor the infinities."""
    return value if math.isfinite(value) else str(value)
