"""Build incoming records from what a protocol carries.

The content of such a record is the text to be stored, not an object: ingest would look for a tenant, an id and a time
in an object's fields. Here the protocol has these, and a field called `id` is data like any other.
"""

from collections.abc import Callable, Iterable, Set
from typing import Any

import msgspec

from settings import settings
from webapp.http.problems import Problem
from webapp.ingest.decoding import decode_utf8
from webapp.ingest.json_errors import describe_json_error
from webapp.ingest.limits import MAX_OBJECTS, check_record_count
from webapp.ingest.validation import TEXT_FIELDS, TOO_DEEP, IncomingRecord, RecordProblem, is_too_deep

NOT_AN_OBJECT = RecordProblem("not_an_object", "Send each record as a JSON object.")
TEXT_MISSING = RecordProblem("text_missing", "The record is empty; put the log into it.")

# Protobuf of fields 1 and 2 that hold an empty message or one of one byte.
_SMALL_PARTS = (b"\x0a\x00", b"\x0a\x01", b"\x12\x00", b"\x12\x01")
_MAX_GROWTH = 2


def reject(problem: RecordProblem, log_id: str | None = None) -> IncomingRecord:
    """Return a record that will be rejected for `problem`."""
    return IncomingRecord("", log_id=log_id, problem=problem)


def reject_json(error: Exception, log_id: str | None = None) -> IncomingRecord:
    """Return a record that will be rejected for invalid JSON."""
    detail = f"The record is not valid JSON ({describe_json_error(error)})."
    return reject(RecordProblem("json_invalid", detail), log_id)


def parse_json_record(
    data: bytes | str, build: Callable[[dict[str, Any], str], IncomingRecord], log_id: str | None = None
) -> IncomingRecord:
    """Parse a JSON object and build a record from it.

    Args:
        data: the JSON.
        build: called with the object and with its JSON as the client wrote it.
        log_id: the protocol's, for a record that is rejected.
    """
    try:
        raw_json = data if isinstance(data, str) else data.decode()
        content = msgspec.json.decode(data)
    except ValueError as error:
        return reject_json(error, log_id)
    except RecursionError:
        return reject(TOO_DEEP, log_id)
    return build(content, raw_json.strip()) if isinstance(content, dict) else reject(NOT_AN_OBJECT, log_id)


def split_lines(body: bytes) -> list[str]:
    """Return the lines of a plain text that are not blank.

    Raises:
        Problem: 400 if it is not UTF-8; 413 if there are too many lines.
    """
    if body.count(b"\n") > 2 * settings.max_records:
        check_record_count(body.count(b"\n"))
    return [line.rstrip("\r") for line in decode_utf8(body).split("\n") if line.strip()]


def record_from_json(
    content: dict[str, Any], event_time: str | None = None, log_id: str | None = None, raw_json: str | None = None
) -> IncomingRecord:
    """Build a record whose text is JSON.

    Args:
        content: the decoded object.
        event_time: ISO 8601, UTC.
        log_id: the protocol's.
        raw_json: the object's JSON as the client wrote it, if it came as JSON.
    """
    if is_too_deep(content):
        return reject(TOO_DEEP, log_id)
    return IncomingRecord(raw_json or msgspec.json.encode(content).decode(), event_time=event_time, log_id=log_id)


def record_from_document(
    document: dict[str, Any],
    event_time: str | None,
    time_fields: Set[str],
    log_id: str | None = None,
    raw_json: str | None = None,
) -> IncomingRecord:
    """Build a record from an object with any fields.

    The text is that of its text field if it has no other but a time, else the object's JSON.

    Args:
        document: the decoded object.
        event_time: ISO 8601, UTC, if a time field gives it.
        time_fields: names of the protocol's time fields.
        log_id: the protocol's.
        raw_json: the object's JSON as the client wrote it, if it came as JSON.
    """
    fields = document.keys() - time_fields if event_time else document.keys()
    if len(fields) == 1 and (field := next(iter(fields))) in TEXT_FIELDS and isinstance(document[field], str):
        return IncomingRecord(document[field], event_time=event_time, log_id=log_id)
    if not any(value not in (None, "") for value in document.values()):
        return reject(TEXT_MISSING, log_id)
    return record_from_json(document, event_time, log_id, raw_json)


def collect_bounded(records: Iterable[IncomingRecord]) -> list[IncomingRecord]:
    """Return all records, unless they are too many or too large together.

    A resource, or the labels of a stream, is stored with each of its records, so that a small body can need much
    memory. The records are therefore counted as they come.

    Raises:
        Problem: 413.
    """
    collected: list[IncomingRecord] = []
    characters = 0
    for record in records:
        collected.append(record)
        characters += len(record.content)
        check_record_count(len(collected))
        if characters > _MAX_GROWTH * settings.max_decoded_bytes:
            raise Problem(
                413,
                "records_too_large",
                "The records are too large with the resources or labels stored with each; send fewer at a time.",
            )
    return collected


def check_protobuf_parts(data: bytes) -> None:
    """Refuse protobuf that is mostly empty messages.

    It is small on the wire, but large in memory.

    Raises:
        Problem: 413.
    """
    if len(data) > 2 * MAX_OBJECTS and sum(data.count(part) for part in _SMALL_PARTS) > MAX_OBJECTS:
        raise Problem(
            413, "too_many_objects", f"A request may have {MAX_OBJECTS} empty messages at most; send less at a time."
        )
