"""Decode Loki's push request, in JSON and in protobuf."""

from collections.abc import Iterator
from typing import Any

import cramjam
import msgspec
from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp

from settings import settings
from topology import MAX_TEXT_BYTES
from webapp.http.body import RECORDS_FACTOR
from webapp.http.memory_budget import reserve_bytes
from webapp.http.problems import Problem
from webapp.ingest.limits import check_json_objects, check_record_count
from webapp.ingest.validation import TEXT_TOO_LONG, IncomingRecord, RecordProblem
from webapp.protocols.loki import messages
from webapp.protocols.loki.lines import LINE_INVALID, build_record, parse_labels
from webapp.protocols.records import check_protobuf_parts, collect_bounded, reject

_DAMAGED = RecordProblem("protobuf_invalid", "The entry is not valid protobuf.")


class _Stream(msgspec.Struct):
    """Stream as written today, {"stream": {…}, "values": […]}, or as for /api/prom/push."""

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


def decode_json(body: bytes) -> list[IncomingRecord]:
    """Decode the lines of all streams in JSON.

    Raises:
        Problem: 400 if it is not a push request; 413 if it has too much in it.
    """
    check_json_objects(body)
    try:
        streams = _push.decode(body).streams or []
    except (ValueError, RecursionError):
        raise _invalid_push_request() from None
    return collect_bounded(_records_from_json(streams))


def _records_from_json(streams: list[_Stream]) -> Iterator[IncomingRecord]:
    for stream in streams:
        labels = stream.stream or parse_labels(stream.labels or "")
        for value in stream.values or ():
            yield _record_from_value(bytes(value), labels)
        for entry in stream.entries or ():
            yield _record_from_old_entry(bytes(entry), labels)


def _record_from_value(data: bytes, labels: dict[str, Any]) -> IncomingRecord:
    try:
        value = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return reject(LINE_INVALID)
    match value:
        case [time, str(line)]:
            return build_record(line, labels, {}, time)
        case [time, str(line), dict(metadata)]:
            return build_record(line, labels, metadata, time)
        case [time, str(line), None]:
            return build_record(line, labels, {}, time)
    return reject(LINE_INVALID)


def _record_from_old_entry(data: bytes, labels: dict[str, Any]) -> IncomingRecord:
    try:
        entry = _old_entry.decode(data)
    except (ValueError, RecursionError):
        return reject(LINE_INVALID)
    return build_record(entry.line, labels, {}, entry.ts)


def decode_protobuf(data: bytes) -> list[IncomingRecord]:
    """Decode the lines of all streams in protobuf.

    Raises:
        Problem: 400 if it is not a push request; 413 if it has too much in it.
    """
    check_protobuf_parts(data)
    return collect_bounded(_records_from_protobuf(data))


def _records_from_protobuf(data: bytes) -> Iterator[IncomingRecord]:
    try:
        streams: Any = messages.PushRequest.FromString(data)
        check_record_count(len(streams.streams))
        for part in streams.streams:
            stream: Any = messages.Stream.FromString(part)
            check_record_count(len(stream.entries))
            labels = parse_labels(stream.labels)
            for entry in stream.entries:
                yield _record_from_message(entry, labels)
    except DecodeError:
        raise _invalid_push_request() from None


def decompress(body: bytes) -> bytes:
    """Decompress a snappy block, without frames.

    Raises:
        Problem: 400 if it is not a block; 413 if it is too large; 503 if memory is short.
    """
    try:
        # A block begins with its length, which is checked before so much memory is allocated.
        size = cramjam.snappy.decompress_raw_len(body)
        if size > settings.max_decoded_bytes:
            raise Problem(
                413,
                "body_too_large",
                f"The body may have {settings.max_decoded_bytes} bytes decompressed; send less at a time.",
            )
        reserve_bytes(RECORDS_FACTOR * size)
        return bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError:
        raise _invalid_push_request() from None


def _record_from_message(data: bytes, labels: dict[str, Any]) -> IncomingRecord:
    # Before parsing: a message takes many times its size on the wire.
    if len(data) > MAX_TEXT_BYTES:
        return reject(TEXT_TOO_LONG)
    try:
        entry: Any = messages.Entry.FromString(data)
        pairs: list[Any] = [messages.LabelPair.FromString(pair) for pair in entry.structured_metadata]
        time = Timestamp.FromString(entry.timestamp)
    except DecodeError:
        return reject(_DAMAGED)
    metadata = {pair.name: pair.value for pair in pairs}
    nanoseconds = time.seconds * 1_000_000_000 + time.nanos
    return build_record(entry.line, labels, metadata, nanoseconds if entry.timestamp else None)


def _invalid_push_request() -> Problem:
    return Problem(
        400,
        "push_request_invalid",
        "The body is not a push request; send JSON as application/json, or snappy-compressed protobuf as "
        "application/x-protobuf.",
    )
