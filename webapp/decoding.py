"""From the body of POST /ingest to records, whatever it is written in."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgpack  # type: ignore[import-untyped]  # it has no stubs
import msgspec

from webapp.problems import Problem
from webapp.records import Entry

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
_ROOM_BYTES = 1 << 16


class Envelope(msgspec.Struct):
    """`{"tenant_id": …, "logs": […]}`."""

    logs: list[msgspec.Raw]
    tenant_id: Any = None


def decode(body: bytes, mimetype: str, *, split_lines: bool = False) -> list[Entry]:
    """The records of a body, in their order.

    Args:
        body: decompressed.
        mimetype: in lower case, without parameters, empty if there was none.
        split_lines: whether each line of a plain text is a log.
    Raises:
        Problem: 400 when no record can be told from another; 415 for another type.
    """
    if mimetype in _MESSAGE_PACK:
        return _from_message_pack(body)
    text = decode_utf8(body) if mimetype not in _LINES else ""
    if mimetype == "text/plain":
        lines = text.splitlines() if split_lines else [text]
        return [Entry(line) for line in lines if line.strip() or not split_lines]
    if mimetype in _JSON or (mimetype in _UNSAID and text.lstrip(" \t\r\n")[:1] in ("{", "[")):
        return _from_json(body)
    if mimetype in _LINES:
        return _from_lines(body)
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


def _from_json(body: bytes) -> list[Entry]:
    """An array, an object, one with an array called "logs" in it; or JSON by lines under a wrong name."""
    start = body.lstrip(b" \t\r\n")[:1]
    try:
        if start == b"[":
            return [_entry(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
        if start == b"{":
            whole = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
            if "logs" in whole and bytes(whole["logs"])[:1] == b"[":
                envelope = msgspec.json.decode(body, type=Envelope)
                return [_entry(raw, envelope.tenant_id) for raw in envelope.logs]
            entry = _entry(msgspec.Raw(body))
            if entry.problem is None:
                return [entry]
        msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        if start == b"{" and b"\n" in body.strip():
            return _from_lines(body)
        raise Problem(400, "json_invalid", "The body is not valid JSON.") from None
    return [Entry(None, problem=("not_an_object", "Send each log as a JSON object, or as a string in an array."))]


def _from_lines(body: bytes) -> list[Entry]:
    entries = [_entry(msgspec.Raw(line)) for line in body.split(b"\n") if line.strip()]
    if all(entry.problem == _NOT_JSON for entry in entries):
        raise Problem(400, "json_invalid", "No line of the body is valid JSON.")
    return entries


def _entry(raw: msgspec.Raw, tenant_id: Any = None) -> Entry:
    """A record and its JSON as the client wrote it, so that numbers and the order of keys stay."""
    written = bytes(raw).strip()
    try:
        record = msgspec.json.decode(written)
        text = written.decode()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Entry(None, problem=_NOT_JSON)
    if isinstance(record, str):
        return Entry(record, tenant_id)
    return Entry(record, tenant_id, written=text)


def _from_message_pack(body: bytes) -> list[Entry]:
    try:
        values = list(_unpacked(body))
    except (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException, msgpack.exceptions.StackError):
        raise Problem(400, "msgpack_invalid", "The body is not valid MessagePack.") from None
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    if len(values) == 1 and isinstance(values[0], dict) and isinstance(values[0].get("logs"), list):
        tenant_id = values[0].get("tenant_id")
        return [Entry(_as_json(value), tenant_id) for value in values[0]["logs"]]
    return [Entry(_as_json(value)) for value in values]


def _as_json(value: Any) -> Any:
    """Bytes become text: older clients know no other type for it."""
    match value:
        case dict():
            return {_as_json(key): _as_json(its) for key, its in value.items()}
        case list():
            return [_as_json(item) for item in value]
        case bytes():
            return value.decode("utf-8", "replace")
        case str() | int() | float() | None | datetime():
            return value
    return str(value)


def _unpacked(body: bytes) -> Iterator[Any]:
    unpacker = msgpack.Unpacker(
        raw=False, unicode_errors="replace", timestamp=3, strict_map_key=False, max_buffer_size=len(body) + _ROOM_BYTES
    )
    unpacker.feed(body)
    while unpacker.tell() < len(body):
        yield unpacker.unpack()  # raises OutOfData where it breaks off
