"""Build a record from a line of a Loki stream."""

import ast
import re
from typing import Any

from topology import MAX_TEXT_BYTES
from webapp.ingest.event_times import to_event_time
from webapp.ingest.validation import IncomingRecord, RecordProblem
from webapp.protocols.records import record_from_json, reject

LINE_EMPTY = RecordProblem("text_empty", "The line is empty; put the log into it.")
LINE_INVALID = RecordProblem(
    "record_invalid", 'A value of a stream must be ["nanoseconds", "line"], or have an object of metadata as well.'
)

_ESCAPE = r"\\(?:[abfnrtv\\\"']|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3})"
_LABEL = re.compile(rf'\s*([^\s={{}},"]+)\s*=\s*("(?:[^"\\\n]|{_ESCAPE})*")\s*')


def build_record(line: str, labels: dict[str, Any], metadata: dict[str, Any], time: Any) -> IncomingRecord:
    """Build a record from a line, its labels and its metadata.

    The text is the line alone if it has neither, else JSON of them.

    Args:
        line: the log.
        labels: of its stream.
        metadata: of the line, which Loki calls structured metadata.
        time: an epoch in nanoseconds, or ISO 8601.
    """
    if not line:
        return reject(LINE_EMPTY)
    event_time = to_event_time(time) or None
    if not labels and not metadata:
        return IncomingRecord(line, event_time=event_time)
    content: dict[str, Any] = {"message": line}
    if labels:
        content["labels"] = labels
    if metadata:
        content["metadata"] = metadata
    return record_from_json(content, event_time)


def parse_labels(text: str) -> dict[str, Any]:
    """Parse the labels of a stream.

    Args:
        text: as Prometheus writes them: {job="web", env="dev"}, with Go's escapes, which Python shares.
    Returns:
        The labels; text that can't be parsed is kept as the label "labels".
    """
    if len(text) > MAX_TEXT_BYTES:
        return {"labels": text}
    inside = text.strip()
    if not inside.startswith("{") or not inside.endswith("}"):
        return {"labels": text} if inside else {}
    labels: dict[str, Any] = {}
    inside, position = inside[1:-1].strip(), 0
    while position < len(inside):
        label = _LABEL.match(inside, position)
        if not label or inside[label.end() : label.end() + 1] not in ("", ","):
            return {"labels": text}
        try:
            value = ast.literal_eval(label[2]) if "\\" in label[2] else label[2][1:-1]
            labels[label[1]] = value.encode().decode()  # fails for half of a surrogate pair
        except (ValueError, SyntaxError):
            return {"labels": text}
        position = label.end() + 1
    return labels
