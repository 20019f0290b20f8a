"""Incoming records, and the validation that turns one into a log."""

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

_TENANT_ID = re.compile(TENANT_ID_PATTERN)


class RecordProblem(msgspec.Struct, frozen=True):
    """Reason why a record is rejected.

    Attributes:
        code: stable, snake_case.
        detail: what is wrong and what to do about it, without a word of the record.
    """

    code: str
    detail: str


TOO_DEEP = RecordProblem("too_deep", f"The record nests more than {MAX_DEPTH} objects and arrays; flatten it.")
TEXT_TOO_LONG = RecordProblem("text_too_long", "The record is larger than a log may be; split it.")


class IncomingRecord(msgspec.Struct, frozen=True):
    """A record as a client or a protocol gave it.

    Attributes:
        content: an object, or a string that is the whole text.
        tenant_id: the tenant that surrounds the record names; None if only the record or the request may name one.
        event_time: the time that the protocol gives, ISO 8601 in UTC; None if a field of the record may give it.
        log_id: the id that the protocol gives; None if a field of the record may give it.
        problem: an error that decoding found.
        raw_json: the record's JSON as the client wrote it, if it came as JSON.
    """

    content: Any
    tenant_id: Any = None
    event_time: str | None = None
    log_id: Any = None
    problem: RecordProblem | None = None
    raw_json: str | None = None

    @property
    def is_invalid_json(self) -> bool:
        """True if the record could not be parsed."""
        return self.problem is not None and self.problem.code == "json_invalid"


class InvalidRecord(Exception):
    """A record is rejected.

    Args:
        code: stable, snake_case.
        detail: what is wrong and what to do about it, without a word of the record.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def require_record(record: IncomingRecord) -> None:
    """Require an object or a text that was decoded without a problem.

    Raises:
        InvalidRecord: it is something else.
    """
    if record.problem is not None:
        raise InvalidRecord(record.problem.code, record.problem.detail)
    if not isinstance(record.content, dict | str):
        raise InvalidRecord("not_an_object", "Send each log as a JSON object, or as a string in an array.")


def parse_tenant_id(record: IncomingRecord, request_tenant: str | None) -> str:
    """Return the tenant that a record or its request names.

    Raises:
        InvalidRecord: neither names a tenant, they differ, or the id is malformed.
    """
    tenant_id = request_tenant
    own_tenant = record.content.get("tenant_id") if isinstance(record.content, dict) else None
    for named in (record.tenant_id, own_tenant):
        if named is None:
            continue
        if not isinstance(named, str):
            raise InvalidRecord("tenant_id_not_a_string", "The field tenant_id must be a string.")
        if tenant_id is not None and named != tenant_id:
            raise InvalidRecord(
                "tenant_id_mismatch", "The record and its request name different tenants; name only one."
            )
        tenant_id = named
    if tenant_id is None:
        raise InvalidRecord(
            "tenant_id_missing", "Name the tenant in the header x-tenant-id, or in the field tenant_id of JSON."
        )
    if not _TENANT_ID.fullmatch(tenant_id):
        raise InvalidRecord("tenant_id_invalid", "A tenant id has 1 to 64 of the characters A-Z a-z 0-9 . _ - only.")
    return tenant_id


def validate_log(record: IncomingRecord, make_id: Callable[[int], str], index: int) -> Log:
    """Turn a record that passed `require_record` into a log.

    A record with further fields is kept whole: its text is its JSON.

    Args:
        record: to be validated.
        make_id: makes the id of a record without one, from its index.
        index: of the record, for `make_id`.
    Raises:
        InvalidRecord: the record has no text, is too long or too deep, or its id is malformed.
    """
    text, event_time = _extract_text(record)
    if len(text) > MAX_TEXT_BYTES or (not text.isascii() and len(_encode(text)) > MAX_TEXT_BYTES):
        raise InvalidRecord("text_too_long", f"A log may have {MAX_TEXT_BYTES} bytes of UTF-8; split it.")
    log_id = parse_log_id(record)
    return Log(make_id(index) if log_id is None else log_id, text, event_time)


def parse_log_id(record: IncomingRecord) -> str | None:
    """Return the id of a record, None if it has none.

    Raises:
        InvalidRecord: the id is malformed.
    """
    log_id = record.log_id
    if log_id is None and isinstance(record.content, dict):
        log_id = next((record.content[name] for name in ID_FIELDS if record.content.get(name) is not None), None)
    if log_id is None:
        return None
    if isinstance(log_id, int) and not isinstance(log_id, bool):
        log_id = str(log_id)
    if not isinstance(log_id, str):
        raise InvalidRecord("log_id_not_a_string", "The field log_id must be a string or an integer.")
    if not 1 <= len(log_id) <= MAX_LOG_ID_CHARACTERS or not log_id.isprintable():
        raise InvalidRecord(
            "log_id_invalid",
            f"The field log_id must have 1 to {MAX_LOG_ID_CHARACTERS} printable characters; leave it out to get one.",
        )
    return log_id


def _extract_text(record: IncomingRecord) -> tuple[str, str]:
    """Return the text to store and the event's time, empty if unknown."""
    content = record.content
    if isinstance(content, str):
        if not content:
            raise InvalidRecord("text_empty", "The log is empty; put its text into it.")
        return content, record.event_time or ""
    text_field = next((name for name in TEXT_FIELDS if content.get(name) is not None), None)
    if text_field is None:
        raise InvalidRecord(
            "text_missing", f"The record has no text; put the log into one of the fields {', '.join(TEXT_FIELDS)}."
        )
    event_time, time_field = (record.event_time, "") if record.event_time else _find_event_time(content)
    other_fields = content.keys() - {text_field, time_field, "tenant_id", *ID_FIELDS}
    if other_fields or isinstance(content[text_field], dict | list):
        return _keep_whole(record), event_time
    return _require_text(text_field, content[text_field]), event_time


def _find_event_time(content: dict[str, Any]) -> tuple[str, str]:
    """Return the event's time and its field, or empty strings."""
    for name in TIME_FIELDS:
        if name in content and (event_time := to_event_time(content[name])):
            return event_time, name
    return "", ""


def _keep_whole(record: IncomingRecord) -> str:
    """Return the record's JSON.

    JSON that the client wrote stays as it is, with its numbers and the order of its keys.
    """
    if is_too_deep(record.content):
        raise InvalidRecord(TOO_DEEP.code, TOO_DEEP.detail)
    if record.raw_json:
        return record.raw_json
    try:
        return msgspec.json.encode(record.content).decode()
    except (TypeError, ValueError, OverflowError):  # from MessagePack: keys that are no strings, lone surrogates
        raise InvalidRecord("not_json", "The record can't be written as JSON; its keys must be strings.") from None


def _require_text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRecord(f"{field}_not_a_string", f"The field {field} must be a string or an object.")
    if not value:
        raise InvalidRecord("text_empty", f"The field {field} is empty; put the log into it.")
    return value


def is_too_deep(value: Any) -> bool:
    """Return whether more than MAX_DEPTH objects and arrays are nested."""
    # Level by level: recursion would fail on the very values that this is for.
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [outer for outer in level if isinstance(outer, dict | list)]
        if not level:
            return False
        level = [inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)]
    return True


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidRecord("text_invalid", "The log contains half of a surrogate pair; send valid UTF-8.") from None
