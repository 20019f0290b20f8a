"""Decode the body of POST /ingest into records.

Records are made one by one as they are asked for, because a small body can have a very large number of them.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from webapp.http.problems import Problem
from webapp.ingest.json_errors import describe_json_error
from webapp.ingest.limits import MAX_RECORD_BYTES, check_json_objects
from webapp.ingest.message_pack import decode_message_pack
from webapp.ingest.validation import TEXT_TOO_LONG, IncomingRecord, RecordProblem

_JSON = frozenset(["application/json", "text/json"])
_NDJSON = frozenset(
    [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/jsonlines",
    ]
)
_MESSAGE_PACK = frozenset(["application/msgpack", "application/x-msgpack", "application/vnd.msgpack"])
# curl sends everything as a form unless it is told otherwise; some shippers send no type at all.
_UNSPECIFIED = frozenset(["", "application/x-www-form-urlencoded"])

_NOT_AN_OBJECT = RecordProblem("not_an_object", "Send each log as a JSON object, or as a string in an array.")
_JSON_LINE = re.compile(rb"\S[^\n]*")
_TEXT_LINE = re.compile(r"[^\r\n]+")
_SEPARATORS = re.compile(r"[\s,]*")
_WHITESPACE = " \t\r\n"

_scan = json.JSONDecoder().raw_decode


class _Envelope(msgspec.Struct):
    """Object around records: `{"tenant_id": …, "logs": […]}`."""

    logs: msgspec.Raw = msgspec.Raw()
    tenant_id: Any = None


_envelope = msgspec.json.Decoder(_Envelope)
_array = msgspec.json.Decoder(list[msgspec.Raw])


def decode(body: bytes, mimetype: str, *, split_lines: bool = False) -> Iterator[IncomingRecord]:
    """Decode a body into its records, in order.

    Args:
        body: decompressed.
        mimetype: in lower case, without parameters, empty if the request has none.
        split_lines: whether each line of a plain text is a log.
    Raises:
        Problem: 400 if the body can't be split into records, which may turn out at its end only; 413 if it has too many
            objects; 415 for another type.
    """
    if mimetype in _MESSAGE_PACK:
        return decode_message_pack(body)
    if mimetype in _NDJSON:
        return _from_lines(body)
    # NDJSON is decoded line by line above, so that invalid UTF-8 rejects its line only; here it refuses the body.
    text = decode_utf8(body)
    if mimetype == "text/plain":
        return _from_text(text) if split_lines else iter([IncomingRecord(text)])
    if mimetype in _JSON or (mimetype in _UNSPECIFIED and text.lstrip(_WHITESPACE)[:1] in ("{", "[")):
        return _from_json(body, text)
    raise Problem(
        415,
        "content_type_unsupported",
        "Unsupported Content-Type; send application/json, application/x-ndjson, application/msgpack or text/plain.",
    )


def decode_utf8(body: bytes) -> str:
    """Decode a body's text.

    Raises:
        Problem: 400 if it is not UTF-8.
    """
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Problem(
            400, "utf8_invalid", f"The body is not valid UTF-8 (at byte {error.start}); send it in UTF-8."
        ) from None


def split_json_objects(text: str) -> Iterator[str]:
    """Yield the JSON of each concatenated value.

    If parsing fails, the rest of the text is yielded unchanged. Whitespace and commas may separate the values, but need
    not. The elements of an array are yielded likewise.
    """
    in_array = text.startswith("[")
    position = _skip_separators(text, 1 if in_array else 0)
    while position < len(text) and not (in_array and text[position] == "]"):
        try:
            end = _scan(text, position)[1]
        except (ValueError, RecursionError):
            yield text[position:]
            return
        yield text[position:end]
        position = _skip_separators(text, end)


def _skip_separators(text: str, position: int) -> int:
    match = _SEPARATORS.match(text, position)
    return match.end() if match else position


def _from_text(text: str) -> Iterator[IncomingRecord]:
    return (IncomingRecord(line[0]) for line in _TEXT_LINE.finditer(text) if not line[0].isspace())


def _from_json(body: bytes, text: str) -> Iterator[IncomingRecord]:
    """Decode an array, an object, an envelope, or concatenated objects."""
    check_json_objects(body)
    start = text.lstrip(_WHITESPACE)[:1]
    try:
        if start == "[":
            return _from_array(msgspec.Raw(body))
        if start == "{":
            envelope = _envelope.decode(body)
            # Through a memoryview, because bytes(envelope.logs) would copy the whole array to look at its first byte.
            if bytes(memoryview(envelope.logs)[:1]) == b"[":
                return _from_array(envelope.logs, envelope.tenant_id)
            record = _parse_record(body)
            if not record.is_invalid_json:
                return iter([record])
        msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        if start == "{":
            return _from_lines(body) if "\n" in text.strip() else _from_objects(text)
        raise Problem(400, "json_invalid", f"The body is not valid JSON ({describe_json_error(error)}).") from None
    return iter([IncomingRecord(None, problem=_NOT_AN_OBJECT)])


def _from_array(array: msgspec.Raw, tenant_id: Any = None) -> Iterator[IncomingRecord]:
    records = _array.decode(array)
    return (_parse_record(bytes(record), tenant_id) for record in records)


def _from_lines(body: bytes) -> Iterator[IncomingRecord]:
    records = (_parse_record(line[0]) for line in _JSON_LINE.finditer(body))
    return _require_valid_json(records, "No line of the body is valid JSON.")


def _from_objects(text: str) -> Iterator[IncomingRecord]:
    records = (_parse_record(raw_json.encode()) for raw_json in split_json_objects(text))
    return _require_valid_json(records, "The body is not valid JSON.")


def _require_valid_json(records: Iterator[IncomingRecord], detail: str) -> Iterator[IncomingRecord]:
    """Yield the records, and refuse the body if none is JSON."""
    any_valid = False
    first_problem = ""
    for record in records:
        if not any_valid:
            any_valid = not record.is_invalid_json
            if record.problem and not first_problem:
                first_problem = f" The first record: {record.problem.detail}"
        yield record
    if not any_valid:
        raise Problem(400, "json_invalid", detail + first_problem)


def _parse_record(data: bytes, tenant_id: Any = None) -> IncomingRecord:
    """Parse a record, and keep its JSON as the client wrote it."""
    stripped = data.strip()
    if len(stripped) > MAX_RECORD_BYTES:
        return IncomingRecord(None, problem=TEXT_TOO_LONG)
    try:
        raw_json = stripped.decode()
        content = msgspec.json.decode(stripped)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        detail = f"The record is not valid JSON ({describe_json_error(error)})."
        return IncomingRecord(None, problem=RecordProblem("json_invalid", detail))
    if isinstance(content, str):
        return IncomingRecord(content, tenant_id)
    return IncomingRecord(content, tenant_id, raw_json=raw_json)
