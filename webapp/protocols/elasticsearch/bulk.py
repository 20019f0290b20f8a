"""Decode a bulk request: lines of JSON, actions and documents in turn."""

from collections.abc import Iterator
from typing import Any

import msgspec

from settings import settings
from webapp.http.problems import Problem
from webapp.ingest.event_times import to_event_time
from webapp.ingest.limits import check_record_count
from webapp.ingest.validation import IncomingRecord, RecordProblem
from webapp.protocols.records import parse_json_record, record_from_document, reject

_ACTIONS = ("create", "delete", "index", "update")
_NOT_SUPPORTED = RecordProblem(
    "action_unsupported", "Sluice does not change or delete single logs; use create or index."
)
_SOURCE_MISSING = RecordProblem("source_missing", "The action has no document after it.")
_TIME_FIELD = "@timestamp"


class Item(msgspec.Struct, frozen=True):
    """Action of a bulk request, with its document.

    `index` is the name that the client gives; Sluice ignores it.
    """

    action: str
    index: str
    record: IncomingRecord


def decode(body: bytes, index: str) -> list[Item]:
    """Decode the items of a bulk request.

    Args:
        body: lines, of which the last may lack its newline.
        index: from the path, for actions that name none.
    Raises:
        Problem: 400 if it is not a bulk request; 413 if it has too many items.
    """
    if body.count(b"\n") > 4 * settings.max_records:
        check_record_count(body.count(b"\n") // 2)
    lines = (line for line in body.split(b"\n") if line.strip())
    items: list[Item] = []
    for number, line in enumerate(lines, 1):
        check_record_count(len(items) + 1)
        items.append(_parse_item(line, lines, index, number))
    if not items:
        raise Problem(400, "body_empty", "The bulk request contains no action.")
    return items


def _parse_item(line: bytes, lines: Iterator[bytes], index: str, number: int) -> Item:
    """Parse an action, and take its document from `lines`."""
    try:
        ((action, meta),) = msgspec.json.decode(line, type=dict[str, dict[str, Any] | None]).items()
    except (ValueError, RecursionError):
        raise _malformed_action(number) from None
    if action not in _ACTIONS:
        raise _malformed_action(number)
    meta = meta or {}
    if isinstance(meta.get("_index"), str):
        index = meta["_index"]
    log_id = _get_log_id(meta)
    if action == "delete":
        return Item(action, index, reject(_NOT_SUPPORTED, log_id))
    source = next(lines, None)
    if action == "update":
        return Item(action, index, reject(_NOT_SUPPORTED, log_id))
    return Item(action, index, reject(_SOURCE_MISSING, log_id) if source is None else _build_record(source, log_id))


def _get_log_id(meta: dict[str, Any]) -> str | None:
    log_id = meta.get("_id")
    if isinstance(log_id, int) and not isinstance(log_id, bool):
        return str(log_id)
    return log_id if isinstance(log_id, str) else None


def _build_record(source: bytes, log_id: str | None) -> IncomingRecord:
    def build(document: dict[str, Any], raw_json: str) -> IncomingRecord:
        event_time = to_event_time(document.get(_TIME_FIELD)) or None
        return record_from_document(document, event_time, {_TIME_FIELD}, log_id, raw_json)

    return parse_json_record(source, build, log_id)


def _malformed_action(number: int) -> Problem:
    return Problem(
        400,
        "action_malformed",
        f"Malformed action/metadata line, number {number} of those: expected one of [{', '.join(_ACTIONS)}].",
    )
