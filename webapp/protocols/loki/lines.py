"""From a line of a Loki stream to an entry."""

import ast
import re
from typing import Any

from topology import MAX_TEXT_BYTES
from webapp.ingest.event_times import to_event_time
from webapp.ingest.validation import Entry
from webapp.protocols.entries import kept_whole, rejected

LINE_EMPTY = ("text_empty", "The line is empty; put the log into it.")
LINE_INVALID = ("record_invalid", 'A value of a stream is ["nanoseconds", "line"], with an object of metadata or none.')

_ESCAPE = r"\\(?:[abfnrtv\\\"']|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3})"
_LABEL = re.compile(rf'\s*([^\s={{}},"]+)\s*=\s*("(?:[^"\\\n]|{_ESCAPE})*")\s*')


def to_entry(line: str, labels: dict[str, Any], metadata: dict[str, Any], time: Any) -> Entry:
    """An entry whose text is the line, or JSON with what describes it.

    Args:
        line: the log.
        labels: of its stream.
        metadata: of the line; Loki calls it structured metadata.
        time: an epoch in nanoseconds, or ISO 8601.
    """
    if not line:
        return rejected(LINE_EMPTY)
    event_time = to_event_time(time) or None
    if not labels and not metadata:
        return Entry(line, event_time=event_time)
    record: dict[str, Any] = {"message": line}
    if labels:
        record["labels"] = labels
    if metadata:
        record["metadata"] = metadata
    return kept_whole(record, event_time)


def parse_labels(text: str) -> dict[str, Any]:
    """The labels of a stream.

    Args:
        text: as Prometheus writes them: {job="web", env="dev"}, with Go's escapes, which are Python's too.
    Returns:
        What can't be read as such stays, as the label "labels".
    """
    if len(text) > MAX_TEXT_BYTES:
        return {"labels": text}
    inside = text.strip()
    if not inside.startswith("{") or not inside.endswith("}"):
        return {"labels": text} if inside else {}
    labels: dict[str, Any] = {}
    inside, at = inside[1:-1].strip(), 0
    while at < len(inside):
        found = _LABEL.match(inside, at)
        if not found or inside[found.end() : found.end() + 1] not in ("", ","):
            return {"labels": text}
        try:
            value = ast.literal_eval(found[2]) if "\\" in found[2] else found[2][1:-1]
            labels[found[1]] = value.encode().decode()
        except (ValueError, SyntaxError):
            return {"labels": text}
        at = found.end() + 1
    return labels
