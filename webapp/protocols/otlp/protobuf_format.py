"""OTLP logs in protobuf."""

import base64
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from topology import MAX_TEXT_BYTES
from webapp.http.problems import Problem
from webapp.ingest.limits import TEXT_TOO_LONG, check_count
from webapp.ingest.validation import Entry
from webapp.protocols.entries import bounded, check_parts, rejected
from webapp.protocols.otlp.records import LogRecord, to_entry, to_number
from webapp.protocols.shallow_protobuf import outline_of

_Request = outline_of(ExportLogsServiceRequest.DESCRIPTOR)
_ResourceLogs = outline_of(logs_pb2.ResourceLogs.DESCRIPTOR)
_ScopeLogs = outline_of(logs_pb2.ScopeLogs.DESCRIPTOR)

_DAMAGED = ("protobuf_invalid", "The log record is not valid protobuf.")


def decode(body: bytes) -> list[Entry]:
    """The log records of an ExportLogsServiceRequest.

    Raises:
        Problem: 400 when it can't be decoded; 413 when there is too much in it.
    """
    check_parts(body)
    return bounded(_entries(body))


def _entries(body: bytes) -> Iterator[Entry]:
    try:
        for of_resource in _open_all(_ResourceLogs, _open(_Request, body).resource_logs):
            resource = _attributes_of(_open_small(Resource, of_resource.resource).attributes)
            for of_scope in _open_all(_ScopeLogs, of_resource.scope_logs):
                scope = _scope_of(_open_small(InstrumentationScope, of_scope.scope))
                check_count(len(of_scope.log_records))
                for record in of_scope.log_records:
                    yield _entry(record, resource, scope)
    except (DecodeError, RecursionError):
        raise Problem(
            400, "protobuf_invalid", "The body is not an ExportLogsServiceRequest in protobuf; send it as OTLP says."
        ) from None


def _open(message: type[Message], data: bytes) -> Any:
    return message.FromString(data)


def _open_all(message: type[Message], parts: Any) -> Iterable[Any]:
    check_count(len(parts))
    return (message.FromString(part) for part in parts)


def _open_small(message: type[Message], data: bytes) -> Any:
    if len(data) > MAX_TEXT_BYTES:
        raise Problem(413, "resource_too_large", f"A resource or scope may have {MAX_TEXT_BYTES} bytes at most.")
    return message.FromString(data)


def _entry(data: bytes, resource: dict[str, Any], scope: dict[str, Any]) -> Entry:
    if len(data) > MAX_TEXT_BYTES:
        return rejected(TEXT_TOO_LONG)
    try:
        sent = logs_pb2.LogRecord.FromString(data)
        record = LogRecord(
            body=_value(sent.body),
            severity_text=sent.severity_text,
            severity_number=sent.severity_number,
            event_name=sent.event_name,
            attributes=_attributes_of(sent.attributes),
            resource=resource,
            scope=scope,
            trace_id=sent.trace_id.hex(),
            span_id=sent.span_id.hex(),
        )
    except (DecodeError, RecursionError):
        return rejected(_DAMAGED)
    return to_entry(record, sent.time_unix_nano, sent.observed_time_unix_nano)


def _scope_of(scope: InstrumentationScope) -> dict[str, Any]:
    kept = {"name": scope.name, "version": scope.version, "attributes": _attributes_of(scope.attributes)}
    return {name: value for name, value in kept.items() if value}


def _attributes_of(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    return {attribute.key: _value(attribute.value) for attribute in attributes}


def _value(value: AnyValue) -> Any:
    match value.WhichOneof("value"):
        case "array_value":
            return [_value(item) for item in value.array_value.values]
        case "kvlist_value":
            return _attributes_of(value.kvlist_value.values)
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case "double_value":
            return to_number(value.double_value)
        case None:
            return None
        case kind:
            return getattr(value, kind)
