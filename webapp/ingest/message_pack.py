"""Decode MessagePack into records.

A body may be a stream of records, an array, {"logs": […]}, or events as Fluent Bit writes them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgpack  # type: ignore[import-untyped]  # it has no stubs

from topology import MAX_TEXT_BYTES
from webapp.http.problems import Problem
from webapp.ingest.event_times import to_event_time
from webapp.ingest.validation import TEXT_TOO_LONG, IncomingRecord

MAX_RECORD_BYTES = 4 * MAX_TEXT_BYTES
"""MessagePack of a record. A number may have 9 bytes, of which 2 are left in JSON, where the text is measured."""
MAX_ENVELOPE_FIELDS = 100
_BUFFER_BYTES = 1 << 16
_OPTIONS: dict[str, Any] = {"raw": False, "unicode_errors": "replace", "timestamp": 3, "strict_map_key": False}
_ERRORS = (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException, msgpack.exceptions.StackError)
_TOO_LARGE = object()
# https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#eventtime-ext-format
_EVENT_TIME = 0


def decode_message_pack(body: bytes) -> Iterator[IncomingRecord]:
    """Decode a body into its records, in order.

    Raises:
        Problem: 400 if it is not MessagePack, which may turn out at its end only.
    """
    try:
        yield from _decode(body)
    except _ERRORS:
        raise Problem(400, "msgpack_invalid", "The body is not valid MessagePack.") from None


class _Reader:
    """Reader of MessagePack that makes no object of too large a value.

    The limits of msgpack's own Unpacker (`max_str_len` and others) would refuse the whole request instead.
    """

    def __init__(self, body: bytes, start: int = 0) -> None:
        self._body = body
        self._start = start
        self._unpacker = msgpack.Unpacker(max_buffer_size=len(body) + _BUFFER_BYTES, **_OPTIONS)
        self._unpacker.feed(memoryview(body)[start:])

    @property
    def position(self) -> int:
        """Offset of the next value in the body."""
        return self._start + int(self._unpacker.tell())

    def read_array_header(self) -> int:
        """Go to the first item of an array and return their number."""
        return int(self._unpacker.read_array_header())

    def read_map_header(self) -> int:
        """Go to the first key of a map and return their number."""
        return int(self._unpacker.read_map_header())

    def skip(self) -> None:
        """Skip the next value."""
        self._unpacker.skip()

    def read(self) -> Any:
        """Return the next value, or _TOO_LARGE."""
        start = self.position
        self.skip()
        if self.position - start > MAX_RECORD_BYTES:
            return _TOO_LARGE
        return msgpack.unpackb(self._body[start : self.position], **_OPTIONS)


def _decode(body: bytes) -> Iterator[IncomingRecord]:
    reader = _Reader(body)
    reader.skip()
    # One value may be an array of records or an envelope; several are a stream.
    if reader.position == len(body):
        if _is_record_array(body):
            return _from_array(_Reader(body))
        if envelope := _find_envelope(body):
            logs_start, tenant_id = envelope
            return _from_array(_Reader(body, logs_start), tenant_id)
    return _from_stream(_Reader(body), len(body))


def _from_stream(reader: _Reader, end: int) -> Iterator[IncomingRecord]:
    while reader.position < end:
        yield _to_record(reader.read())


def _from_array(reader: _Reader, tenant_id: Any = None) -> Iterator[IncomingRecord]:
    for _ in range(reader.read_array_header()):
        yield _to_record(reader.read(), tenant_id)


def _is_record_array(body: bytes) -> bool:
    """Return whether the body is an array of records.

    One event of Fluent Bit is an array too, of a time and a record.
    """
    if not _is_array(body[0]):
        return False
    reader = _Reader(body)
    return reader.read_array_header() != 2 or not _may_be_time(body[reader.position])


def _find_envelope(body: bytes) -> tuple[int, Any] | None:
    """Return the offset of an envelope's "logs", and its tenant.

    Returns None if the body is not an envelope.
    """
    reader = _Reader(body)
    if not _is_map(body[0]) or (fields := reader.read_map_header()) > MAX_ENVELOPE_FIELDS:
        return None
    logs_start, tenant_id = 0, None
    for _ in range(fields):
        name = reader.read()
        if name in ("logs", b"logs"):
            logs_start = reader.position
            reader.skip()
        elif name in ("tenant_id", b"tenant_id"):
            tenant_id = _to_json_types(reader.read())
        else:
            reader.skip()
    return (logs_start, tenant_id) if logs_start and _is_array(body[logs_start]) else None


def _to_record(value: Any, tenant_id: Any = None) -> IncomingRecord:
    if value is _TOO_LARGE:
        return IncomingRecord(None, problem=TEXT_TOO_LONG)
    match value:
        case [[time, dict()], dict() as content] | [time, dict() as content]:
            return IncomingRecord(_to_json_types(content), tenant_id, _to_event_time(time) or None)
    return IncomingRecord(_to_json_types(value), tenant_id)


def _is_array(byte: int) -> bool:
    return byte & 0xF0 == 0x90 or byte in (0xDC, 0xDD)


def _is_map(byte: int) -> bool:
    return byte & 0xF0 == 0x80 or byte in (0xDE, 0xDF)


def _may_be_time(byte: int) -> bool:
    """Return whether a value with this first byte may be a time.

    That is an array with metadata, an extension or a number. A record is a map or a string.
    """
    return _is_array(byte) or byte < 0x80 or byte in range(0xC7, 0xD9)


def _to_event_time(time: Any) -> str:
    if isinstance(time, msgpack.ExtType) and time.code == _EVENT_TIME and len(time.data) == 8:
        seconds, nanoseconds = int.from_bytes(time.data[:4], "big"), int.from_bytes(time.data[4:], "big")
        return to_event_time(seconds * 1_000_000_000 + nanoseconds)
    return to_event_time(time)


def _to_json_types(value: Any) -> Any:
    """Convert a value to JSON's types.

    Bytes become text: older clients send text as bytes.
    """
    match value:
        case dict():
            return {_to_json_types(key): _to_json_types(item) for key, item in value.items()}
        case list():
            return [_to_json_types(item) for item in value]
        case bytes():
            return value.decode("utf-8", "replace")
        case str() | int() | float() | None | datetime():
            return value
    return str(value)
