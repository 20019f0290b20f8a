"""OTLP logs in JSON: protobuf's JSON, but ids in hexadecimal. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

Not by protobuf's json_format: it takes base64 for ids, and 60 µs a record where this takes 3.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from topology import MAX_TEXT_BYTES
from webapp.http.problems import Problem
from webapp.ingest.limits import TEXT_TOO_LONG, check_objects
from webapp.ingest.validation import Entry
from webapp.protocols.entries import NOT_JSON, bounded, rejected
from webapp.protocols.otlp.records import LogRecord, to_entry, to_number

# 64-bit integers come as decimal strings, and as numbers.
_Integer = int | str | None


class _AnyValue(msgspec.Struct, rename="camel"):
    string_value: str | None = None
    bool_value: bool | None = None
    int_value: _Integer = None
    double_value: float | str | None = None
    array_value: "_ArrayValue | None" = None
    kvlist_value: "_KeyValueList | None" = None
    bytes_value: str | None = None


class _KeyValue(msgspec.Struct):
    key: str = ""
    value: _AnyValue | None = None


class _ArrayValue(msgspec.Struct):
    values: list[_AnyValue] | None = None


class _KeyValueList(msgspec.Struct):
    values: list[_KeyValue] | None = None


class _Resource(msgspec.Struct):
    attributes: list[_KeyValue] | None = None


class _Scope(msgspec.Struct):
    name: str | None = None
    version: str | None = None
    attributes: list[_KeyValue] | None = None


class _LogRecord(msgspec.Struct, rename="camel"):
    time_unix_nano: _Integer = None
    observed_time_unix_nano: _Integer = None
    severity_number: _Integer = None
    severity_text: str | None = None
    event_name: str | None = None
    body: _AnyValue | None = None
    attributes: list[_KeyValue] | None = None
    trace_id: str | None = None
    span_id: str | None = None


class _ScopeLogs(msgspec.Struct, rename="camel"):
    scope: _Scope | None = None
    log_records: list[msgspec.Raw] | None = None


class _ResourceLogs(msgspec.Struct, rename="camel"):
    resource: _Resource | None = None
    scope_logs: list[_ScopeLogs] | None = None


class _Request(msgspec.Struct, rename="camel"):
    resource_logs: list[_ResourceLogs] | msgspec.UnsetType | None = msgspec.UNSET


_request = msgspec.json.Decoder(_Request)
_log_record = msgspec.json.Decoder(_LogRecord)

_DAMAGED = ("record_invalid", "The log record is not one of OTLP; field names are in lowerCamelCase.")


def decode(body: bytes) -> list[Entry]:
    """The log records of an ExportLogsServiceRequest.

    Raises:
        Problem: 400 when it can't be decoded; 413 when there is too much in it.
    """
    check_objects(body)
    return bounded(_entries(body))


def _entries(body: bytes) -> Iterator[Entry]:
    try:
        resource_logs = _request.decode(body).resource_logs
        if resource_logs is msgspec.UNSET:
            # Unknown fields are to be ignored, but logs by another name (resource_logs) must not be lost unseen.
            if body.strip() == b"{}":
                return
            raise ValueError
        for of_resource in resource_logs or ():
            resource = _attributes_of(of_resource.resource.attributes) if of_resource.resource else {}
            for of_scope in of_resource.scope_logs or ():
                scope = _scope_of(of_scope.scope) if of_scope.scope else {}
                for record in of_scope.log_records or ():
                    yield _entry(bytes(record), resource, scope)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        raise Problem(
            400, "json_invalid", "The body is not an ExportLogsServiceRequest in JSON; send it as OTLP says."
        ) from None


def _entry(data: bytes, resource: dict[str, Any], scope: dict[str, Any]) -> Entry:
    if len(data) > 2 * MAX_TEXT_BYTES:  # its JSON is wordier than ours
        return rejected(TEXT_TOO_LONG)
    try:
        sent = _log_record.decode(data)
        record = LogRecord(
            body=_value(sent.body),
            severity_text=sent.severity_text or "",
            severity_number=int(sent.severity_number or 0),
            event_name=sent.event_name or "",
            attributes=_attributes_of(sent.attributes),
            resource=resource,
            scope=scope,
            trace_id=bytes.fromhex(sent.trace_id or "").hex(),
            span_id=bytes.fromhex(sent.span_id or "").hex(),
        )
        return to_entry(record, int(sent.time_unix_nano or 0), int(sent.observed_time_unix_nano or 0))
    except msgspec.ValidationError:
        return rejected(_DAMAGED)
    except msgspec.DecodeError:
        return rejected(NOT_JSON)
    except (ValueError, RecursionError):
        return rejected(_DAMAGED)


def _scope_of(scope: _Scope) -> dict[str, Any]:
    kept = {"name": scope.name, "version": scope.version, "attributes": _attributes_of(scope.attributes)}
    return {name: value for name, value in kept.items() if value}


def _attributes_of(attributes: Iterable[_KeyValue] | None) -> dict[str, Any]:
    return {attribute.key: _value(attribute.value) for attribute in attributes or ()}


def _value(value: _AnyValue | None) -> Any:
    if value is None:
        return None
    if value.array_value is not None:
        return [_value(item) for item in value.array_value.values or ()]
    if value.kvlist_value is not None:
        return _attributes_of(value.kvlist_value.values)
    if value.int_value is not None:
        return int(value.int_value)
    if value.double_value is not None:
        return to_number(float(value.double_value))
    scalars = (value.string_value, value.bool_value, value.bytes_value)
    return next((scalar for scalar in scalars if scalar is not None), None)
