"""The body of a bulk request: lines of JSON, an action and its document by turns."""

from collections.abc import Iterator
from typing import Any

import msgspec

from settings import settings
from webapp.http.problems import Problem
from webapp.ingest.event_times import to_event_time
from webapp.ingest.limits import check_count
from webapp.ingest.validation import Entry
from webapp.protocols.entries import from_document, from_object, rejected

_ACTIONS = ("create", "delete", "index", "update")
_NOT_SUPPORTED = ("action_unsupported", "Sluice keeps logs as they were sent; use create or index.")
_SOURCE_MISSING = ("source_missing", "The action has no document after it.")
_TIME_FIELD = "@timestamp"


class Item(msgspec.Struct, frozen=True):
    """An action of a bulk request. `index` is the one that the client names; Sluice has no use for it."""

    action: str
    index: str
    entry: Entry


def decode(body: bytes, index: str) -> list[Item]:
    """The items of a bulk request.

    Args:
        body: lines, with or without an end of the last one.
        index: from the path, for actions that name none.
    Raises:
        Problem: 400 when it is not one; 413 when there are too many items in it.
    """
    if body.count(b"\n") > 4 * settings.max_records:
        check_count(body.count(b"\n") // 2)
    lines = (line for line in body.split(b"\n") if line.strip())
    items: list[Item] = []
    for number, line in enumerate(lines, 1):
        check_count(len(items) + 1)
        items.append(_item(line, lines, index, number))
    if not items:
        raise Problem(400, "body_empty", "The bulk request has no action in it.")
    return items


def _item(line: bytes, lines: Iterator[bytes], index: str, number: int) -> Item:
    try:
        ((action, meta),) = msgspec.json.decode(line, type=dict[str, dict[str, Any] | None]).items()
    except (ValueError, RecursionError):
        raise _malformed(number) from None
    if action not in _ACTIONS:
        raise _malformed(number)
    meta = meta or {}
    of_item, log_id = meta.get("_index"), meta.get("_id")
    index = of_item if isinstance(of_item, str) else index
    if isinstance(log_id, int) and not isinstance(log_id, bool):
        log_id = str(log_id)
    if not isinstance(log_id, str):
        log_id = None
    if action == "delete":
        return Item(action, index, rejected(_NOT_SUPPORTED, log_id))
    source = next(lines, None)
    if action == "update":
        return Item(action, index, rejected(_NOT_SUPPORTED, log_id))
    return Item(action, index, rejected(_SOURCE_MISSING, log_id) if source is None else _document(source, log_id))


def _document(source: bytes, log_id: str | None) -> Entry:
    def make(document: dict[str, Any], written: str) -> Entry:
        event_time = to_event_time(document.get(_TIME_FIELD)) or None
        return from_document(document, event_time, {_TIME_FIELD}, log_id, written)

    return from_object(source, make, log_id)


def _malformed(number: int) -> Problem:
    return Problem(
        400,
        "action_malformed",
        f"Malformed action/metadata line, number {number} of those: expected one of [{', '.join(_ACTIONS)}].",
    )
