"""Loki's push request, in JSON and in protobuf."""

from collections.abc import Iterator
from typing import Any

import cramjam
import msgspec
from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp

from settings import settings
from topology import MAX_TEXT_BYTES
from webapp.http.body import RECORDS_FACTOR
from webapp.http.memory_budget import reserve
from webapp.http.problems import Problem
from webapp.ingest.limits import TEXT_TOO_LONG, check_count, check_objects
from webapp.ingest.validation import Entry
from webapp.protocols.entries import bounded, check_parts, rejected
from webapp.protocols.loki import messages as messages
from webapp.protocols.loki.lines import LINE_INVALID, parse_labels, to_entry

_INVALID = "The body is not a push request; send JSON as application/json, snappy-compressed protobuf as {}."
_DAMAGED = ("protobuf_invalid", "The entry is not valid protobuf.")


class _Stream(msgspec.Struct):
    """A stream as it is written now, {"stream": {…}, "values": […]}, or as it was for /api/prom/push."""

    stream: dict[str, Any] | None = None
    values: list[msgspec.Raw] | None = None
    labels: str | None = None
    entries: list[msgspec.Raw] | None = None


class _Push(msgspec.Struct):
    streams: list[_Stream] | None = None


class _OldEntry(msgspec.Struct):
    line: str
    ts: Any = None


_push = msgspec.json.Decoder(_Push)
_old_entry = msgspec.json.Decoder(_OldEntry)


def decode_json(body: bytes) -> list[Entry]:
    """The lines of all streams.

    Raises:
        Problem: 400 when it can't be decoded; 413 when there is too much in it.
    """
    check_objects(body)
    try:
        streams = _push.decode(body).streams or []
    except (ValueError, RecursionError):
        raise _invalid() from None
    return bounded(_entries_in(streams))


def _entries_in(streams: list[_Stream]) -> Iterator[Entry]:
    for stream in streams:
        labels = stream.stream or parse_labels(stream.labels or "")
        for value in stream.values or ():
            yield _from_value(bytes(value), labels)
        for entry in stream.entries or ():
            yield _from_old_entry(bytes(entry), labels)


def _from_value(data: bytes, labels: dict[str, Any]) -> Entry:
    try:
        value = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return rejected(LINE_INVALID)
    match value:
        case [time, str(line)]:
            return to_entry(line, labels, {}, time)
        case [time, str(line), dict(metadata)]:
            return to_entry(line, labels, metadata, time)
        case [time, str(line), None]:
            return to_entry(line, labels, {}, time)
    return rejected(LINE_INVALID)


def _from_old_entry(data: bytes, labels: dict[str, Any]) -> Entry:
    try:
        entry = _old_entry.decode(data)
    except (ValueError, RecursionError):
        return rejected(LINE_INVALID)
    return to_entry(entry.line, labels, {}, entry.ts)


def decode_protobuf(data: bytes) -> list[Entry]:
    """The lines of all streams.

    Raises:
        Problem: 400 when it can't be decoded; 413 when there is too much in it.
    """
    check_parts(data)
    return bounded(_entries_of(data))


def _entries_of(data: bytes) -> Iterator[Entry]:
    try:
        streams: Any = messages.PushRequest.FromString(data)
        check_count(len(streams.streams))
        for part in streams.streams:
            stream: Any = messages.Stream.FromString(part)
            check_count(len(stream.entries))
            labels = parse_labels(stream.labels)
            for entry in stream.entries:
                yield _from_message(entry, labels)
    except DecodeError:
        raise _invalid() from None


def decompress(body: bytes) -> bytes:
    """What is in a block of snappy, without frames.

    Raises:
        Problem: 400 when it is none; 413 when too much is in it; 503 when memory is short.
    """
    try:
        # The block says its length first; checked before that much memory is asked for.
        size = cramjam.snappy.decompress_raw_len(body)
        if size > settings.max_decoded_bytes:
            raise Problem(
                413, "body_too_large", f"Decompressed, the body may have {settings.max_decoded_bytes} bytes at most."
            )
        reserve(RECORDS_FACTOR * size)
        return bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError:
        raise _invalid() from None


def _from_message(data: bytes, labels: dict[str, Any]) -> Entry:
    if len(data) > MAX_TEXT_BYTES:
        return rejected(TEXT_TOO_LONG)
    try:
        entry: Any = messages.Entry.FromString(data)
        pairs: list[Any] = [messages.LabelPair.FromString(pair) for pair in entry.structured_metadata]
        time = Timestamp.FromString(entry.timestamp)
    except DecodeError:
        return rejected(_DAMAGED)
    metadata = {pair.name: pair.value for pair in pairs}
    nanoseconds = time.seconds * 1_000_000_000 + time.nanos
    return to_entry(entry.line, labels, metadata, nanoseconds if entry.timestamp else None)


def _invalid() -> Problem:
    return Problem(400, "push_request_invalid", _INVALID.format("application/x-protobuf"))
