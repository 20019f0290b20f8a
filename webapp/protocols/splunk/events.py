"""Decode the bodies of HEC: concatenated JSON objects, or lines."""

from typing import Any

from webapp.http.problems import Problem
from webapp.ingest.decoding import decode_utf8, split_json_objects
from webapp.ingest.event_times import to_event_time
from webapp.ingest.limits import check_json_objects, check_record_count
from webapp.ingest.validation import IncomingRecord, RecordProblem
from webapp.protocols.records import parse_json_record, record_from_json, reject, split_lines

EVENT_MISSING = RecordProblem("event_missing", "Event field is required")
EVENT_BLANK = RecordProblem("event_blank", "Event field cannot be blank")

METADATA = ("host", "source", "sourcetype", "index")


def decode_events(body: bytes) -> list[IncomingRecord]:
    """Decode the events of a body.

    If parsing fails, the rest of the body is one rejected record.

    Raises:
        Problem: 400 if the body is empty or has no JSON at all; 413 if it has too much in it.
    """
    check_json_objects(body)
    text = decode_utf8(body).strip()
    if not text:
        raise Problem(400, "body_empty", "The body contains no event.")
    records: list[IncomingRecord] = []
    for raw_json in split_json_objects(text):
        check_record_count(len(records) + 1)
        records.append(parse_json_record(raw_json, _build_record))
    if all(record.is_invalid_json for record in records):
        raise Problem(400, "json_invalid", "The body is not a sequence of JSON objects.")
    return records


def _build_record(envelope: dict[str, Any], raw_json: str) -> IncomingRecord:
    if "event" not in envelope:
        return reject(EVENT_MISSING)
    event = envelope["event"]
    if event is None or (isinstance(event, str | dict | list) and not event):
        return reject(EVENT_BLANK)
    event_time = to_event_time(envelope.get("time")) or None
    if isinstance(event, str) and not envelope.keys() - {"event", "time"}:
        return IncomingRecord(event, event_time=event_time)
    return record_from_json(envelope, event_time, raw_json=raw_json)


def decode_lines(body: bytes, metadata: dict[str, Any], time: str | None) -> list[IncomingRecord]:
    """Decode each line that is not blank.

    Args:
        body: text.
        metadata: host, source, sourcetype and index, as far as the request has them.
        time: an epoch in seconds.
    Raises:
        Problem: 400 if the body is empty; 413 if it has too many lines.
    """
    lines = split_lines(body)
    if not lines:
        raise Problem(400, "body_empty", "The body contains no event.")
    event_time = to_event_time(time) or None
    if not metadata:
        return [IncomingRecord(line, event_time=event_time) for line in lines]
    return [record_from_json({"event": line, **metadata}, event_time) for line in lines]
