"""Build a record from an OTLP log record.

https://opentelemetry.io/docs/specs/otel/logs/data-model/
"""

import math
from typing import Any

import msgspec

from topology import MAX_LOG_ID_CHARACTERS
from webapp.ingest.event_times import to_event_time
from webapp.ingest.validation import IncomingRecord
from webapp.protocols.records import TEXT_MISSING, record_from_json, reject


class LogRecord(msgspec.Struct, omit_defaults=True):
    """OTLP log record as it is stored, without unset fields."""

    body: Any = None
    severity_text: str = ""
    severity_number: int = 0
    event_name: str = ""
    attributes: dict[str, Any] = {}
    resource: dict[str, Any] = {}
    scope: dict[str, Any] = {}
    trace_id: str = ""
    span_id: str = ""


def build_record(log_record: LogRecord, time_unix_nano: int, observed_time_unix_nano: int) -> IncomingRecord:
    """Build a record from an OTLP log record.

    The text is the body alone if nothing else is set, else the log record's JSON.

    Args:
        log_record: with its resource and scope.
        time_unix_nano: time of the event, 0 if unknown.
        observed_time_unix_nano: time of its collection, 0 if unknown.
    """
    log_id = _get_log_uid(log_record)
    nanoseconds = time_unix_nano or observed_time_unix_nano
    event_time = to_event_time(nanoseconds) if nanoseconds else ""
    content: dict[str, Any] = msgspec.to_builtins(log_record)
    if content.keys() == {"body"} and isinstance(log_record.body, str):
        return IncomingRecord(log_record.body, event_time=event_time or None)
    if log_record.body in (None, "") and not log_record.attributes and not log_record.event_name:
        return reject(TEXT_MISSING, log_id)
    return record_from_json(content, event_time or None, log_id)


def _get_log_uid(log_record: LogRecord) -> str | None:
    """Return the attribute that identifies a log record which is sent twice.

    https://opentelemetry.io/docs/specs/semconv/general/logs/#general-log-identification-attributes
    """
    uid = log_record.attributes.get("log.record.uid")
    if isinstance(uid, str) and 1 <= len(uid) <= MAX_LOG_ID_CHARACTERS and uid.isprintable():
        return uid
    return None


def to_number(value: float) -> float | str:
    """Return NaN and the infinities, which JSON lacks, as text."""
    return value if math.isfinite(value) else str(value)
