"""From the body of POST /ingest to records, whatever it is written in.

Records are made one by one as they are asked for, because a small body can have a very large number of them.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from webapp.http.problems import Problem
from webapp.ingest.limits import MAX_RECORD_BYTES, TEXT_TOO_LONG, check_objects
from webapp.ingest.message_pack import decode_message_pack
from webapp.ingest.validation import Entry

_JSON = frozenset(["application/json", "text/json"])
_LINES = frozenset(
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/jsonlines",
    ]
)
_MESSAGE_PACK = frozenset(["application/msgpack", "application/x-msgpack", "application/vnd.msgpack"])
# What curl says of everything that it sends, and what some shippers leave out.
_UNSAID = frozenset(["", "application/x-www-form-urlencoded"])

_NOT_JSON = ("json_invalid", "The record is not valid JSON.")
_NOT_AN_OBJECT = ("not_an_object", "Send each log as a JSON object, or as a string in an array.")
_JSON_LINE = re.compile(rb"\S[^\n]*")
_TEXT_LINE = re.compile(r"[^\r\n]+")
_SPACE = re.compile(r"[\s,]*")

_scan = json.JSONDecoder().raw_decode


class _Envelope(msgspec.Struct):
    """`{"tenant_id": …, "logs": […]}`."""

    logs: msgspec.Raw = msgspec.Raw()
    tenant_id: Any = None


_envelope = msgspec.json.Decoder(_Envelope)
_array = msgspec.json.Decoder(list[msgspec.Raw])


def decode(body: bytes, mimetype: str, *, split_lines: bool = False) -> Iterator[Entry]:
    """The records of a body, in their order.

    Args:
        body: decompressed.
        mimetype: in lower case, without parameters, empty if there was none.
        split_lines: whether each line of a plain text is a log.
    Raises:
        Problem: 400 when no record can be told from another, which may turn out at the end only; 413 when there are too
            many objects in it; 415 for another type.
    """
    if mimetype in _MESSAGE_PACK:
        return decode_message_pack(body)
    if mimetype in _LINES:
        return _from_lines(body)
    text = decode_utf8(body)
    if mimetype == "text/plain":
        return _from_text(text) if split_lines else iter([Entry(text)])
    if mimetype in _JSON or (mimetype in _UNSAID and text.lstrip(" \t\r\n")[:1] in ("{", "[")):
        return _from_json(body, text)
    raise Problem(
        415,
        "content_type_unsupported",
        "Send Content-Type application/json, application/x-ndjson, application/msgpack or text/plain.",
    )


def decode_utf8(body: bytes) -> str:
    """A body's text.

    Raises:
        Problem: 400 when it is not UTF-8.
    """
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Problem(
            400, "utf8_invalid", f"The body is not UTF-8 (at byte {error.start}); send it in UTF-8."
        ) from None


def objects_in(text: str) -> Iterator[str]:
    """The JSON of each of the objects that follow one another; of what stops being JSON all that is left.

    Nothing has to be between two of them. An array of them is taken for them.
    """
    in_array = text.startswith("[")
    at = _after_space(text, 1 if in_array else 0)
    while at < len(text) and not (in_array and text[at] == "]"):
        try:
            end = _scan(text, at)[1]
        except (ValueError, RecursionError):
            yield text[at:]
            return
        yield text[at:end]
        at = _after_space(text, end)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _from_text(text: str) -> Iterator[Entry]:
    return (Entry(line[0]) for line in _TEXT_LINE.finditer(text) if not line[0].isspace())


def _from_json(body: bytes, text: str) -> Iterator[Entry]:
    """An array, an object, one with an array called "logs" in it; or objects that follow one another."""
    check_objects(body)
    start = text.lstrip(" \t\r\n")[:1]
    try:
        if start == "[":
            return _from_array(msgspec.Raw(body))
        if start == "{":
            envelope = _envelope.decode(body)
            if bytes(memoryview(envelope.logs)[:1]) == b"[":
                return _from_array(envelope.logs, envelope.tenant_id)
            entry = _entry(body)
            if entry.problem != _NOT_JSON:
                return iter([entry])
        msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        if start == "{":
            return _from_lines(body) if "\n" in text.strip() else _from_objects(text)
        raise Problem(400, "json_invalid", "The body is not valid JSON.") from None
    return iter([Entry(None, problem=_NOT_AN_OBJECT)])


def _from_array(array: msgspec.Raw, tenant_id: Any = None) -> Iterator[Entry]:
    records = _array.decode(array)
    return (_entry(bytes(record), tenant_id) for record in records)


def _from_lines(body: bytes) -> Iterator[Entry]:
    entries = (_entry(line[0]) for line in _JSON_LINE.finditer(body))
    return _unless_none_is_json(entries, "No line of the body is valid JSON.")


def _from_objects(text: str) -> Iterator[Entry]:
    entries = (_entry(written.encode()) for written in objects_in(text))
    return _unless_none_is_json(entries, "The body is not valid JSON.")


def _unless_none_is_json(entries: Iterator[Entry], detail: str) -> Iterator[Entry]:
    some = False
    for entry in entries:
        some = some or entry.problem != _NOT_JSON
        yield entry
    if not some:
        raise Problem(400, "json_invalid", detail)


def _entry(data: bytes, tenant_id: Any = None) -> Entry:
    """A record and its JSON as the client wrote it, so that numbers and the order of keys stay."""
    written = data.strip()
    if len(written) > MAX_RECORD_BYTES:
        return Entry(None, problem=TEXT_TOO_LONG)
    try:
        record = msgspec.json.decode(written)
        text = written.decode()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Entry(None, problem=_NOT_JSON)
    if isinstance(record, str):
        return Entry(record, tenant_id)
    return Entry(record, tenant_id, written=text)
