"""From what a protocol carries to an entry for the intake.

A record goes in as the text that is to be kept. As an object the intake would take a tenant, an id or a time out of its
fields; here the protocol says those, and a field that is called `id` is no more than data.
"""

from collections.abc import Callable, Iterable, Set
from typing import Any

import msgspec

from settings import settings
from webapp.http.problems import Problem
from webapp.ingest.decoding import decode_utf8
from webapp.ingest.limits import MAX_OBJECTS, check_count
from webapp.ingest.validation import TEXT_FIELDS, TOO_DEEP, Entry, is_too_deep

NOT_JSON = ("json_invalid", "The record is not valid JSON.")
NOT_AN_OBJECT = ("not_an_object", "Send each record as a JSON object.")
TEXT_MISSING = ("text_missing", "The record is empty; put the log into it.")

_SMALL_PARTS = (b"\x0a\x00", b"\x0a\x01", b"\x12\x00", b"\x12\x01")
_MAX_GROWTH = 2


def rejected(problem: tuple[str, str], log_id: str | None = None) -> Entry:
    """An entry that is known to be wrong."""
    return Entry("", log_id=log_id, problem=problem)


def from_object(data: bytes | str, make: Callable[[dict[str, Any], str], Entry], log_id: str | None = None) -> Entry:
    """What `make` makes of a JSON object and of its JSON as it was written; an entry that says so if it is none."""
    try:
        record = msgspec.json.decode(data)
        written = data if isinstance(data, str) else data.decode()
    except ValueError:
        return rejected(NOT_JSON, log_id)
    except RecursionError:
        return rejected(TOO_DEEP, log_id)
    return make(record, written.strip()) if isinstance(record, dict) else rejected(NOT_AN_OBJECT, log_id)


def lines_of(body: bytes) -> list[str]:
    """The lines of a plain text that are not blank.

    Raises:
        Problem: 400 when it is not UTF-8; 413 when there are too many.
    """
    if body.count(b"\n") > 2 * settings.max_records:
        check_count(body.count(b"\n"))
    return [line.rstrip("\r") for line in decode_utf8(body).split("\n") if line.strip()]


def kept_whole(
    record: dict[str, Any], event_time: str | None = None, log_id: str | None = None, written: str | None = None
) -> Entry:
    """An entry whose text is a record's JSON.

    Args:
        record: what was decoded.
        event_time: ISO 8601, UTC.
        log_id: the protocol's.
        written: its JSON as the client wrote it, if it did.
    """
    if is_too_deep(record):
        return rejected(TOO_DEEP, log_id)
    return Entry(written or msgspec.json.encode(record).decode(), event_time=event_time, log_id=log_id)


def from_document(
    document: dict[str, Any],
    event_time: str | None,
    time_fields: Set[str],
    log_id: str | None = None,
    written: str | None = None,
) -> Entry:
    """An entry for an object of the client's own making: its text alone if there is nothing else in it but a time.

    Args:
        document: what was decoded.
        event_time: ISO 8601, UTC, if one of the time fields says it.
        time_fields: where the protocol has the time.
        log_id: the protocol's.
        written: its JSON as the client wrote it, if it did.
    """
    further = document.keys() - time_fields if event_time else document.keys()
    if len(further) == 1 and (field := next(iter(further))) in TEXT_FIELDS and isinstance(document[field], str):
        return Entry(document[field], event_time=event_time, log_id=log_id)
    if not any(value not in (None, "") for value in document.values()):
        return rejected(TEXT_MISSING, log_id)
    return kept_whole(document, event_time, log_id, written)


def bounded(entries: Iterable[Entry]) -> list[Entry]:
    """All entries, unless they are too many or too large together.

    What surrounds records (a resource, the labels of a stream) is kept with each of them, so that a small body can ask
    for a large memory: entries are counted as they come.

    Raises:
        Problem: 413.
    """
    taken: list[Entry] = []
    characters = 0
    for entry in entries:
        taken.append(entry)
        characters += len(entry.record)
        check_count(len(taken))
        if characters > _MAX_GROWTH * settings.max_decoded_bytes:
            raise Problem(
                413,
                "records_too_large",
                "With all that describes them the records are too large; send fewer at a time.",
            )
    return taken


def check_parts(data: bytes) -> None:
    """Refuse protobuf that is small but would not be so in memory: mostly fields 1 and 2 with nothing in them.

    Raises:
        Problem: 413.
    """
    if len(data) > 2 * MAX_OBJECTS and sum(data.count(part) for part in _SMALL_PARTS) > MAX_OBJECTS:
        raise Problem(413, "too_many_objects", f"A request may have {MAX_OBJECTS} messages without content at most.")
