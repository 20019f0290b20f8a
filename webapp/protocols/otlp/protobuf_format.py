"""Decode OTLP logs in protobuf."""

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
from webapp.ingest.limits import check_record_count
from webapp.ingest.validation import TEXT_TOO_LONG, IncomingRecord, RecordProblem
from webapp.protocols.otlp.records import LogRecord, build_record, to_number
from webapp.protocols.records import check_protobuf_parts, collect_bounded, reject
from webapp.protocols.shallow_protobuf import shallow_message_class

_Request = shallow_message_class(ExportLogsServiceRequest.DESCRIPTOR)
_ResourceLogs = shallow_message_class(logs_pb2.ResourceLogs.DESCRIPTOR)
_ScopeLogs = shallow_message_class(logs_pb2.ScopeLogs.DESCRIPTOR)

_DAMAGED = RecordProblem("protobuf_invalid", "The log record is not valid protobuf.")


def decode(body: bytes) -> list[IncomingRecord]:
    """Decode the log records of an ExportLogsServiceRequest in protobuf.

    Raises:
        Problem: 400 if it can't be decoded; 413 if it has too much in it.
    """
    check_protobuf_parts(body)
    return collect_bounded(_decode_all(body))


def _decode_all(body: bytes) -> Iterator[IncomingRecord]:
    try:
        for resource_part in _parse_all(_ResourceLogs, _parse(_Request, body).resource_logs):
            resource = _attributes_to_dict(_parse_small(Resource, resource_part.resource).attributes)
            for scope_part in _parse_all(_ScopeLogs, resource_part.scope_logs):
                scope = _scope_to_dict(_parse_small(InstrumentationScope, scope_part.scope))
                check_record_count(len(scope_part.log_records))
                for log_record in scope_part.log_records:
                    yield _decode_record(log_record, resource, scope)
    except (DecodeError, RecursionError):
        raise Problem(
            400, "protobuf_invalid", "The body is not an ExportLogsServiceRequest in protobuf; send OTLP."
        ) from None


def _parse(message: type[Message], data: bytes) -> Any:
    return message.FromString(data)


def _parse_all(message: type[Message], parts: Any) -> Iterable[Any]:
    check_record_count(len(parts))
    return (message.FromString(part) for part in parts)


def _parse_small(message: type[Message], data: bytes) -> Any:
    if len(data) > MAX_TEXT_BYTES:
        raise Problem(413, "resource_too_large", f"A resource or scope may have {MAX_TEXT_BYTES} bytes at most.")
    return message.FromString(data)


def _decode_record(data: bytes, resource: dict[str, Any], scope: dict[str, Any]) -> IncomingRecord:
    # Before parsing: a message takes many times its size on the wire.
    if len(data) > MAX_TEXT_BYTES:
        return reject(TEXT_TOO_LONG)
    try:
        sent = logs_pb2.LogRecord.FromString(data)
        log_record = LogRecord(
            body=_to_json_value(sent.body),
            severity_text=sent.severity_text,
            severity_number=sent.severity_number,
            event_name=sent.event_name,
            attributes=_attributes_to_dict(sent.attributes),
            resource=resource,
            scope=scope,
            trace_id=sent.trace_id.hex(),
            span_id=sent.span_id.hex(),
        )
    except (DecodeError, RecursionError):
        return reject(_DAMAGED)
    return build_record(log_record, sent.time_unix_nano, sent.observed_time_unix_nano)


def _scope_to_dict(scope: InstrumentationScope) -> dict[str, Any]:
    fields = {"name": scope.name, "version": scope.version, "attributes": _attributes_to_dict(scope.attributes)}
    return {name: value for name, value in fields.items() if value}


def _attributes_to_dict(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    return {attribute.key: _to_json_value(attribute.value) for attribute in attributes}


def _to_json_value(value: AnyValue) -> Any:
    match value.WhichOneof("value"):
        case "array_value":
            return [_to_json_value(item) for item in value.array_value.values]
        case "kvlist_value":
            return _attributes_to_dict(value.kvlist_value.values)
        case "bytes_value":
            return base64.b64encode(value.bytes_value).decode()
        case "double_value":
            return to_number(value.double_value)
        case None:
            return None
        case kind:
            return getattr(value, kind)
