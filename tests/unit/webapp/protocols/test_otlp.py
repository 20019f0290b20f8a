"""OTLP over HTTP: bodies of the SDK's encoder, answers of the specification."""

import json
import logging
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from google.protobuf.json_format import MessageToDict
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from werkzeug.test import TestResponse

from settings import settings
from tests.support.bad_bodies import BAD_BODIES
from topology import MAX_DEPTH
from webapp.http.problems import Problem
from webapp.protocols.operations import JSON, PROTOBUF
from webapp.protocols.otlp.view import to_status

TIME = 1_769_860_800_123_456_789
TRACE_ID = 0x5B8EFFF798038103D269B633813FC60C


def encoded(*records: LogRecord, resource: dict[str, Any] | None = None) -> ExportLogsServiceRequest:
    """Encode records as the SDK does."""
    exporter = InMemoryLogRecordExporter()
    provider = LoggerProvider(Resource(resource or {}))
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    for record in records:
        provider.get_logger("quokka.logger", "1.2").emit(record)
    return encode_logs(exporter.get_finished_logs())


def plain(*texts: str) -> ExportLogsServiceRequest:
    """Encode records with a body and nothing else."""
    request = ExportLogsServiceRequest()
    records = request.resource_logs.add().scope_logs.add().log_records
    for text in texts:
        records.add().body.string_value = text
    return request


def as_json(request: ExportLogsServiceRequest) -> dict[str, Any]:
    """Convert to JSON as the SDK for JavaScript writes it.

    It is protobuf's JSON, with ids in hexadecimal and enums as numbers.
    """
    document = MessageToDict(request, use_integers_for_enums=True)
    for of_resource, sent in zip(document["resourceLogs"], request.resource_logs, strict=True):
        for of_scope, sent_scope in zip(of_resource["scopeLogs"], sent.scope_logs, strict=True):
            for record, sent_record in zip(of_scope["logRecords"], sent_scope.log_records, strict=True):
                if sent_record.trace_id:
                    record |= {"traceId": sent_record.trace_id.hex().upper(), "spanId": sent_record.span_id.hex()}
    return document


def post(client: FlaskClient, body: ExportLogsServiceRequest | bytes | dict[str, Any], **headers: str) -> TestResponse:
    kind = PROTOBUF
    if isinstance(body, dict):
        kind, body = JSON, json.dumps(body).encode()
    if isinstance(body, ExportLogsServiceRequest):
        body = body.SerializeToString()
    sent = {"Content-Type": kind} | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/logs", data=body, headers=sent)


def response(answer: TestResponse) -> ExportLogsServiceResponse:
    assert (answer.status_code, answer.content_type) == (200, PROTOBUF)
    return ExportLogsServiceResponse.FromString(answer.data)


RECORD = LogRecord(
    timestamp=TIME,
    trace_id=TRACE_ID,
    span_id=0xEEE19B7EC3C1B174,
    severity_number=SeverityNumber.ERROR,
    severity_text="ERROR",
    body="card 4111-1111-1111-1111",
    attributes={"user": "a@b.co", "tries": 3, "ok": True, "ratio": 0.5, "tags": ["x", "y"]},
)
KEPT = {
    "body": "card 4111-1111-1111-1111",
    "severity_text": "ERROR",
    "severity_number": 17,
    "attributes": {"user": "a@b.co", "tries": 3, "ok": True, "ratio": 0.5, "tags": ["x", "y"]},
    "resource": {"service.name": "shop"},
    "scope": {"name": "quokka.logger", "version": "1.2"},
    "trace_id": "5b8efff798038103d269b633813fc60c",
    "span_id": "eee19b7ec3c1b174",
}


@pytest.mark.parametrize("in_json", [False, True])
def test_a_record_is_kept_whole(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]], in_json: bool
) -> None:
    request = encoded(RECORD, resource={"service.name": "shop"})

    answer = post(client, as_json(request) if in_json else request, x_tenant_id=tenant)

    assert answer.status_code == 200
    assert answer.content_type == (JSON if in_json else PROTOBUF)
    assert answer.data == (b"{}" if in_json else b"")
    (log,) = queued()
    assert json.loads(log["text"]) == KEPT
    assert log["event_time"] == "2026-01-31T12:00:00.123456Z"


@pytest.mark.parametrize("in_json", [False, True])
def test_a_body_alone_is_the_text(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]], in_json: bool
) -> None:
    request = plain("one", "two")

    post(client, as_json(request) if in_json else request, x_tenant_id=tenant)

    assert texts() == ["one", "two"]


@pytest.mark.parametrize("in_json", [False, True])
@pytest.mark.parametrize(
    ("uid", "is_id"), [("01ARZ3NDEKTSV4RRFFQ69G5FAV", True), ("", False), ("a\nb", False), (7, False)]
)
def test_a_records_uid_is_the_id(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]], in_json: bool, uid: Any, is_id: bool
) -> None:
    body = encoded(LogRecord(body="a log", attributes={"log.record.uid": uid}))

    answer = post(client, as_json(body) if in_json else body, x_tenant_id=tenant)

    assert answer.status_code == 200
    (log,) = queued()
    assert (log["log_id"] == uid) == is_id
    assert json.loads(log["text"])["attributes"] == {"log.record.uid": uid}


@pytest.mark.parametrize("in_json", [False, True])
def test_a_body_may_have_any_type(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]], in_json: bool
) -> None:
    record = LogRecord(body={"a": [1, None, {"b": b"\x01\x02"}], "c": float("inf"), "d": False})
    request = encoded(record)

    post(client, as_json(request) if in_json else request, x_tenant_id=tenant)

    assert texts()[0]["body"] == {"a": [1, None, {"b": "AQI="}], "c": "inf", "d": False}


@pytest.mark.parametrize("in_json", [False, True])
def test_rejected_records_are_a_partial_success(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]], in_json: bool
) -> None:
    request = plain("right", "", "QUOKKA" * 30_000)

    answer = post(client, as_json(request) if in_json else request, x_tenant_id=tenant)

    assert answer.status_code == 200
    if in_json:
        assert answer.json is not None
        partial = answer.json["partialSuccess"]
        assert partial["rejectedLogRecords"] == "2"
        message = partial["errorMessage"]
    else:
        assert response(answer).partial_success.rejected_log_records == 2
        message = response(answer).partial_success.error_message
    assert message.startswith("text_empty, first in log record 1: ")
    assert texts() == ["right"]
    assert b"QUOKKA" not in answer.data


def test_a_request_with_rejected_records_only_is_a_partial_success(client: FlaskClient, tenant: str) -> None:
    answer = post(client, plain(""), x_tenant_id=tenant)

    assert response(answer).partial_success.rejected_log_records == 1


def test_a_damaged_record_does_not_affect_the_others(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]
) -> None:
    body = plain("right", "xx").SerializeToString().replace(b"xx", b"\xff\xfe")

    answer = post(client, body, x_tenant_id=tenant)

    assert response(answer).partial_success.rejected_log_records == 1
    assert texts() == ["right"]


def test_an_invalid_record_in_json_does_not_affect_the_others(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]
) -> None:
    records: list[Any] = [{"body": {"stringValue": "right"}, "unknown": 1}, {"traceId": "xyz"}, {"body": 5}, 7]
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}

    answer = post(client, body, x_tenant_id=tenant)

    assert answer.json is not None
    assert answer.json["partialSuccess"]["rejectedLogRecords"] == "3"
    assert texts() == ["right"]


def test_a_deep_record_does_not_affect_the_others(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]
) -> None:
    def nested(levels: int) -> dict[str, Any]:
        value: dict[str, Any] = {"stringValue": "x"}
        for _ in range(levels):
            value = {"arrayValue": {"values": [value]}}
        return {"body": value, "severityText": "x"}

    records = [nested(MAX_DEPTH - 1), nested(MAX_DEPTH), nested(200), nested(5000)]
    body = msgspec.json.decode(b"{}")
    body["resourceLogs"] = [{"scopeLogs": [{"logRecords": records[:3]}]}]

    answer = post(client, body, x_tenant_id=tenant)

    assert answer.json is not None
    assert answer.json["partialSuccess"]["rejectedLogRecords"] == "2"
    assert len(texts()) == 1


@pytest.mark.parametrize("body", [b"", {}, {"resourceLogs": []}, {"resourceLogs": None}])
def test_a_request_without_records_succeeds(client: FlaskClient, body: bytes | dict[str, Any]) -> None:
    answer = post(client, body)

    assert answer.status_code == 200
    assert answer.data == (b"" if isinstance(body, bytes) else b"{}")


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_body_that_cannot_be_decoded_is_refused(
    client: FlaskClient, tenant: str, caplog: pytest.LogCaptureFixture, content_type: str, body: bytes
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = post(client, body, Content_Type=content_type, x_tenant_id=tenant)

    assert (answer.status_code, answer.content_type) == (400, content_type)
    assert b"QUOKKA" not in answer.data
    assert "QUOKKA" not in caplog.text
    if content_type == PROTOBUF:
        status = Status.FromString(answer.data)
        assert status.code == 3
        assert status.message.startswith("protobuf_invalid: ")
        detail = BadRequest()
        assert status.details[0].Unpack(detail)
        assert "ExportLogsServiceRequest" in detail.field_violations[0].description
    else:
        assert answer.json is not None
        assert answer.json["code"] == 3
        assert answer.json["details"][0]["@type"] == "type.googleapis.com/google.rpc.BadRequest"


def test_protobuf_that_breaks_off_is_refused(client: FlaskClient, tenant: str) -> None:
    body = encoded(RECORD).SerializeToString()

    for end in range(1, len(body), 7):
        answer = post(client, body[:end], x_tenant_id=tenant)
        assert answer.status_code == 400, end


def test_another_content_type_is_refused(client: FlaskClient) -> None:
    answer = client.post("/v1/logs", data="QUOKKA", content_type="text/plain")

    assert (answer.status_code, answer.content_type) == (415, JSON)
    assert answer.json is not None
    assert answer.json["message"].startswith("content_type_unsupported: ")


def test_a_request_without_a_tenant_is_refused(client: FlaskClient) -> None:
    answer = post(client, plain("one"))

    assert answer.status_code == 400
    assert Status.FromString(answer.data).message.startswith("tenant_id_missing: ")


@pytest.mark.parametrize("many", [b"\x0a\x00", b"\x0a\x04\x12\x02\x12\x00"])
def test_more_than_the_limits_is_refused(client: FlaskClient, tenant: str, many: bytes) -> None:
    answer = post(client, many * (settings.max_records + 1), x_tenant_id=tenant)

    assert answer.status_code == 413
    assert Status.FromString(answer.data).message.startswith("too_many_records: ")


def test_more_objects_than_memory_is_given_for_are_refused(client: FlaskClient, tenant: str) -> None:
    body = b'{"resourceLogs":[' + b"{}," * 1_100_000 + b"{}]}"

    answer = post(client, body, Content_Type=JSON, x_tenant_id=tenant)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("status", "code"), [(400, 3), (401, 16), (403, 7), (413, 11), (415, 3), (422, 3), (429, 8), (503, 14)]
)
@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_a_problem_is_answered_as_a_status(app: Flask, content_type: str, status: int, code: int) -> None:
    with app.test_request_context("/v1/logs", content_type=content_type):
        answer = to_status(Problem(status, "a_code", "What to do.", {"Retry-After": "5"}))

    assert answer.status_code == (400 if status == 422 else status)
    assert answer.content_type == content_type
    assert answer.headers["Retry-After"] == "5"
    if content_type == PROTOBUF:
        assert Status.FromString(answer.data).code == code
        assert Status.FromString(answer.data).message == "a_code: What to do."
    else:
        assert answer.json is not None
        assert (answer.json["code"], answer.json["message"]) == (code, "a_code: What to do.")


@pytest.mark.parametrize("in_json", [False, True])
def test_a_resource_counts_with_each_record(client: FlaskClient, tenant: str, in_json: bool) -> None:
    request = plain(*["x"] * 1000)
    attribute = request.resource_logs[0].resource.attributes.add(key="large")
    attribute.value.string_value = "QUOKKA" * 20_000

    answer = post(client, as_json(request) if in_json else request, x_tenant_id=tenant)

    assert answer.status_code == 413
    assert b"records_too_large" in answer.data
    assert b"QUOKKA" not in answer.data
