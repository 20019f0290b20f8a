"""The bodies of Splunk's HTTP Event Collector: JSON objects one after the other, or lines."""

from typing import Any

from webapp.http.problems import Problem
from webapp.ingest.decoding import decode_utf8, objects_in
from webapp.ingest.event_times import to_event_time
from webapp.ingest.limits import check_count, check_objects
from webapp.ingest.validation import Entry
from webapp.protocols.entries import NOT_JSON, from_object, kept_whole, lines_of, rejected

EVENT_MISSING = ("event_missing", "Event field is required")
EVENT_BLANK = ("event_blank", "Event field cannot be blank")

METADATA = ("host", "source", "sourcetype", "index")


def decode_events(body: bytes) -> list[Entry]:
    """The events in a body; where it stops being JSON there is one entry more, which is wrong.

    Raises:
        Problem: 400 when there is nothing in it, or nothing can be read; 413 when there is too much in it.
    """
    check_objects(body)
    text = decode_utf8(body).strip()
    if not text:
        raise Problem(400, "body_empty", "The body has no event in it.")
    entries: list[Entry] = []
    for written in objects_in(text):
        check_count(len(entries) + 1)
        entries.append(from_object(written, _entry_of))
    if all(entry.problem == NOT_JSON for entry in entries):
        raise Problem(400, "json_invalid", "The body is not a sequence of JSON objects.")
    return entries


def _entry_of(envelope: dict[str, Any], written: str) -> Entry:
    if "event" not in envelope:
        return rejected(EVENT_MISSING)
    event = envelope["event"]
    if event is None or (isinstance(event, str | dict | list) and not event):
        return rejected(EVENT_BLANK)
    event_time = to_event_time(envelope.get("time")) or None
    if isinstance(event, str) and not envelope.keys() - {"event", "time"}:
        return Entry(event, event_time=event_time)
    return kept_whole(envelope, event_time, written=written)


def decode_lines(body: bytes, metadata: dict[str, Any], time: str | None) -> list[Entry]:
    """An entry for each line that is not blank.

    Args:
        body: as it came.
        metadata: host, source, sourcetype and index, where the request has them.
        time: an epoch in seconds.
    Raises:
        Problem: 400 when there is nothing in it; 413 when there is too much in it.
    """
    lines = lines_of(body)
    if not lines:
        raise Problem(400, "body_empty", "The body has no event in it.")
    event_time = to_event_time(time) or None
    if not metadata:
        return [Entry(line, event_time=event_time) for line in lines]
    return [kept_whole({"event": line, **metadata}, event_time) for line in lines]
