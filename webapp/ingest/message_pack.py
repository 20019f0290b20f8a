"""The records of a body in MessagePack: a stream of them, an array, {"logs": […]}; and the events of Fluent Bit."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgpack  # type: ignore[import-untyped]  # it has no stubs

from topology import MAX_TEXT_BYTES
from webapp.http.problems import Problem
from webapp.ingest.event_times import to_event_time
from webapp.ingest.limits import TEXT_TOO_LONG
from webapp.ingest.validation import Entry

MAX_RECORD_BYTES = 4 * MAX_TEXT_BYTES
"""A number has up to 9 bytes, of which as few as 2 may be left in JSON."""
MAX_ENVELOPE_FIELDS = 100
_ROOM_BYTES = 1 << 16
_OPTIONS: dict[str, Any] = {"raw": False, "unicode_errors": "replace", "timestamp": 3, "strict_map_key": False}
_ERRORS = (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException, msgpack.exceptions.StackError)
_TOO_LARGE = object()
# https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#eventtime-ext-format
_EVENT_TIME = 0


def decode_message_pack(body: bytes) -> Iterator[Entry]:
    """The records of a body, in their order.

    Raises:
        Problem: 400 when it is not MessagePack, which may turn out at the end only.
    """
    try:
        yield from _entries(body)
    except _ERRORS:
        raise Problem(400, "msgpack_invalid", "The body is not valid MessagePack.") from None


class _Cursor:
    """Goes through MessagePack value by value, and makes no object of one that is too large for a record."""

    def __init__(self, body: bytes, begin: int = 0) -> None:
        self._body = body
        self._begin = begin
        self._unpacker = msgpack.Unpacker(max_buffer_size=len(body) + _ROOM_BYTES, **_OPTIONS)
        self._unpacker.feed(memoryview(body)[begin:])

    @property
    def at(self) -> int:
        """Where in the body it is."""
        return self._begin + int(self._unpacker.tell())

    def enter_array(self) -> int:
        """Go to the first item of an array; how many there are."""
        return int(self._unpacker.read_array_header())

    def enter_map(self) -> int:
        """Go to the first key of a map; how many there are."""
        return int(self._unpacker.read_map_header())

    def skip(self) -> None:
        """Go past the next value."""
        self._unpacker.skip()

    def value(self) -> Any:
        """The next value, or _TOO_LARGE."""
        begin = self.at
        self.skip()
        if self.at - begin > MAX_RECORD_BYTES:
            return _TOO_LARGE
        return msgpack.unpackb(self._body[begin : self.at], **_OPTIONS)


def _entries(body: bytes) -> Iterator[Entry]:
    cursor = _Cursor(body)
    cursor.skip()
    if cursor.at == len(body):
        if _is_array_of_records(body):
            return _array(_Cursor(body))
        if envelope := _envelope_in(body):
            logs_at, tenant_id = envelope
            return _array(_Cursor(body, logs_at), tenant_id)
    return _stream(_Cursor(body), len(body))


def _stream(cursor: _Cursor, end: int) -> Iterator[Entry]:
    while cursor.at < end:
        yield _entry(cursor.value())


def _array(cursor: _Cursor, tenant_id: Any = None) -> Iterator[Entry]:
    for _ in range(cursor.enter_array()):
        yield _entry(cursor.value(), tenant_id)


def _is_array_of_records(body: bytes) -> bool:
    """Whether a value is one, and not an event: that is an array too, of a time and a record."""
    if not _is_array(body[0]):
        return False
    cursor = _Cursor(body)
    return cursor.enter_array() != 2 or not _begins_a_time(body[cursor.at])


def _envelope_in(body: bytes) -> tuple[int, Any] | None:
    """Where the array of logs begins, and whose they are; None if the value is no envelope."""
    cursor = _Cursor(body)
    if not _is_map(body[0]) or (fields := cursor.enter_map()) > MAX_ENVELOPE_FIELDS:
        return None
    logs_at, tenant_id = 0, None
    for _ in range(fields):
        name = cursor.value()
        if name in ("logs", b"logs"):
            logs_at = cursor.at
            cursor.skip()
        elif name in ("tenant_id", b"tenant_id"):
            tenant_id = _as_json(cursor.value())
        else:
            cursor.skip()
    return (logs_at, tenant_id) if logs_at and _is_array(body[logs_at]) else None


def _entry(value: Any, tenant_id: Any = None) -> Entry:
    if value is _TOO_LARGE:
        return Entry(None, problem=TEXT_TOO_LONG)
    match value:
        case [[time, dict()], dict() as record] | [time, dict() as record]:
            return Entry(_as_json(record), tenant_id, _to_event_time(time) or None)
    return Entry(_as_json(value), tenant_id)


def _is_array(byte: int) -> bool:
    return byte & 0xF0 == 0x90 or byte in (0xDC, 0xDD)


def _is_map(byte: int) -> bool:
    return byte & 0xF0 == 0x80 or byte in (0xDE, 0xDF)


def _begins_a_time(byte: int) -> bool:
    """An array with the metadata, an extension, or a number; a record is a map, or a string."""
    return _is_array(byte) or byte < 0x80 or byte in range(0xC7, 0xD9)


def _to_event_time(time: Any) -> str:
    if isinstance(time, msgpack.ExtType) and time.code == _EVENT_TIME and len(time.data) == 8:
        seconds, nanoseconds = int.from_bytes(time.data[:4], "big"), int.from_bytes(time.data[4:], "big")
        return to_event_time(seconds * 1_000_000_000 + nanoseconds)
    return to_event_time(time)


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
