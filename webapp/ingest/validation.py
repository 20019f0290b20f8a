"""From a record, as a client or a protocol gave it, to a checked log."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from tasks.batch import Log
from topology import MAX_DEPTH, MAX_LOG_ID_CHARACTERS, MAX_TEXT_BYTES, TENANT_ID_PATTERN
from webapp.ingest.event_times import to_event_time

TEXT_FIELDS = ("text", "message", "msg", "log", "body", "event")
ID_FIELDS = ("log_id", "id")
TIME_FIELDS = ("timestamp", "time", "@timestamp", "ts", "date")

TOO_DEEP = ("too_deep", f"The record has more than {MAX_DEPTH} objects inside one another; flatten it.")

_TENANT_ID = re.compile(TENANT_ID_PATTERN)


class Entry(msgspec.Struct, frozen=True):
    """A record as a client or a protocol gave it.

    Attributes:
        record: an object, or a string that is the whole text.
        tenant_id: whose it is by what surrounds it; None when it says so itself, or the request does.
        event_time: when the protocol says that it happened, ISO 8601 in UTC; None when a field of it says so.
        log_id: the protocol's; None when a field of it is one.
        problem: code and detail of what the protocol knows to be wrong with it.
        written: the record's JSON as the client wrote it, if it came as JSON.
    """

    record: Any
    tenant_id: Any = None
    event_time: str | None = None
    log_id: Any = None
    problem: tuple[str, str] | None = None
    written: str | None = None


class Invalid(Exception):
    """A record can't be taken.

    Args:
        code: stable, snake_case.
        detail: what is wrong and what to do about it, without a word of the record.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def check(entry: Entry) -> None:
    """Whether it is a record at all.

    Raises:
        Invalid: it is none.
    """
    if entry.problem is not None:
        raise Invalid(*entry.problem)
    if not isinstance(entry.record, dict | str):
        raise Invalid("not_an_object", "Send each log as a JSON object, or as a string in an array.")


def to_tenant_id(entry: Entry, of_request: str | None) -> str:
    """The tenant that a record names that passed `check`, or its request.

    Raises:
        Invalid: neither names one, they differ, or it is not a tenant id.
    """
    tenant_id = of_request
    in_record = entry.record.get("tenant_id") if isinstance(entry.record, dict) else None
    for named in (entry.tenant_id, in_record):
        if named is None:
            continue
        if not isinstance(named, str):
            raise Invalid("tenant_id_not_a_string", "The field tenant_id must be a string.")
        if tenant_id is not None and named != tenant_id:
            raise Invalid("tenant_id_mismatch", "The record names another tenant than its request; send one of them.")
        tenant_id = named
    if tenant_id is None:
        raise Invalid("tenant_id_missing", "Name the tenant: the field tenant_id in JSON, or the header x-tenant-id.")
    if not _TENANT_ID.fullmatch(tenant_id):
        raise Invalid("tenant_id_invalid", "A tenant id has 1 to 64 of the characters A-Z a-z 0-9 . _ - only.")
    return tenant_id


def to_log(entry: Entry, new_id: Callable[[int], str], place: int) -> Log:
    """The log of a record that passed `check`.

    A record with further fields is kept whole: its text is its JSON.

    Args:
        new_id: makes the id of a record that brings none,
        place: of this.
    Raises:
        Invalid: the record has no text, or is too long or too deep, or its id is none.
    """
    text, event_time = _text_of(entry)
    if len(text) > MAX_TEXT_BYTES or (not text.isascii() and len(_encoded(text)) > MAX_TEXT_BYTES):
        raise Invalid("text_too_long", f"A log may have {MAX_TEXT_BYTES} bytes of UTF-8; split it.")
    log_id = to_log_id(entry)
    return Log(new_id(place) if log_id is None else log_id, text, event_time)


def to_log_id(entry: Entry) -> str | None:
    """The id that a record brings.

    Raises:
        Invalid: it is none.
    """
    log_id = entry.log_id
    if log_id is None and isinstance(entry.record, dict):
        log_id = next((entry.record[name] for name in ID_FIELDS if entry.record.get(name) is not None), None)
    if log_id is None:
        return None
    if isinstance(log_id, int) and not isinstance(log_id, bool):
        log_id = str(log_id)
    if not isinstance(log_id, str):
        raise Invalid("log_id_not_a_string", "The field log_id must be a string, or a whole number.")
    if not 1 <= len(log_id) <= MAX_LOG_ID_CHARACTERS or not log_id.isprintable():
        raise Invalid(
            "log_id_invalid",
            f"The field log_id must have 1 to {MAX_LOG_ID_CHARACTERS} printable characters; leave it out to get one.",
        )
    return log_id


def _text_of(entry: Entry) -> tuple[str, str]:
    """The text to keep, and the time of the event."""
    record = entry.record
    if isinstance(record, str):
        if not record:
            raise Invalid("text_empty", "The log is empty; put its text into it.")
        return record, entry.event_time or ""
    field = next((name for name in TEXT_FIELDS if record.get(name) is not None), None)
    if field is None:
        raise Invalid(
            "text_missing", f"The record has none of the fields {', '.join(TEXT_FIELDS)}; put the log into one of them."
        )
    event_time, timed_by = entry.event_time or "", ""
    if not event_time:
        event_time, timed_by = _event_time_of(record)
    further = record.keys() - {field, timed_by, "tenant_id", *ID_FIELDS}
    value = record[field]
    if not further and not isinstance(value, dict | list):
        if not isinstance(value, str):
            raise Invalid(f"{field}_not_a_string", f"The field {field} must be a string, or an object.")
        if not value:
            raise Invalid("text_empty", f"The field {field} is empty; put the log into it.")
        return value, event_time
    if is_too_deep(record):
        raise Invalid(*TOO_DEEP)
    return entry.written or _to_json(record), event_time


def _event_time_of(record: dict[str, Any]) -> tuple[str, str]:
    """The time, and the name of the field that says it."""
    for name in TIME_FIELDS:
        if name in record and (event_time := to_event_time(record[name])):
            return event_time, name
    return "", ""


def is_too_deep(value: Any) -> bool:
    """Whether there are more than MAX_DEPTH objects and arrays inside one another."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [outer for outer in level if isinstance(outer, dict | list)]
        if not level:
            return False
        level = [value for outer in level for value in (outer.values() if isinstance(outer, dict) else outer)]
    return True


def _to_json(record: dict[str, Any]) -> str:
    """The JSON of a record that did not come as JSON."""
    try:
        return msgspec.json.encode(record).decode()
    except (TypeError, ValueError, OverflowError):  # keys that JSON doesn't have, lone surrogates
        raise Invalid(
            "not_json", "The record has something in it that JSON can't say; its keys must be strings."
        ) from None


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Invalid("text_invalid", "The log has half of a surrogate pair in it; send it in UTF-8.") from None
