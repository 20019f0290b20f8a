"""Loki's push, with messages after Loki's own definition: success is 204."""

import json
import logging
from collections.abc import Callable
from typing import Any

import cramjam
import pytest
from flask import Flask
from flask.testing import FlaskClient
from google.protobuf import descriptor_pb2, descriptor_pool, timestamp_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from google.protobuf.message_factory import GetMessageClass
from werkzeug.test import TestResponse

from settings import settings
from tests.support.bad_bodies import BAD_BODIES
from webapp.http.problems import Problem
from webapp.protocols.loki.lines import parse_labels
from webapp.protocols.loki.view import to_plain_text

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
NANOSECONDS = 1_769_860_800_123_456_789
TIME = "2026-01-31T12:00:00.123456Z"


def push_request_class() -> Any:
    """PushRequest as a client has it: nested, with the real Timestamp."""
    file = descriptor_pb2.FileDescriptorProto(name="push.proto", package="logproto", syntax="proto3")
    file.dependency.append("google/protobuf/timestamp.proto")

    def message(name: str, *fields: tuple[str, int, int, str | None]) -> None:
        described = file.message_type.add(name=name)
        for field, number, label, type_name in fields:
            kind = Field.TYPE_MESSAGE if type_name else Field.TYPE_STRING
            described.field.add(name=field, number=number, label=label, type=kind, type_name=type_name)

    one, many = Field.LABEL_OPTIONAL, Field.LABEL_REPEATED
    message("LabelPairAdapter", ("name", 1, one, None), ("value", 2, one, None))
    message(
        "EntryAdapter",
        ("timestamp", 1, one, ".google.protobuf.Timestamp"),
        ("line", 2, one, None),
        ("structuredMetadata", 3, many, ".logproto.LabelPairAdapter"),
    )
    message("StreamAdapter", ("labels", 1, one, None), ("entries", 2, many, ".logproto.EntryAdapter"))
    message("PushRequest", ("streams", 1, many, ".logproto.StreamAdapter"))
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("logproto.PushRequest"))


PushRequest = push_request_class()


def in_protobuf(*lines: str, labels: str = '{job="web"}', metadata: dict[str, str] | None = None) -> bytes:
    request = PushRequest()
    stream = request.streams.add(labels=labels)
    for line in lines:
        entry = stream.entries.add(line=line)
        entry.timestamp.FromNanoseconds(NANOSECONDS)
        for name, value in (metadata or {}).items():
            entry.structuredMetadata.add(name=name, value=value)
    return bytes(request.SerializeToString())


def compressed(data: bytes) -> bytes:
    return bytes(cramjam.snappy.compress_raw(data))


def post(client: FlaskClient, body: Any, tenant: str | None = None, path: str = "/loki/api/v1/push") -> TestResponse:
    kind = PROTOBUF if isinstance(body, bytes) else JSON
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(path, data=data, content_type=kind, headers={"X-Scope-OrgID": tenant} if tenant else {})


def streams(*values: Any, **labels: str) -> dict[str, Any]:
    return {"streams": [{"stream": labels, "values": values}]}


def test_json_is_queued_with_labels_and_metadata(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]]
) -> None:
    values = [[str(NANOSECONDS), "a line"], [str(NANOSECONDS), "another", {"trace": "5b8e"}]]

    answer = post(client, streams(*values, job="web"), tenant)

    assert (answer.status_code, answer.data) == (204, b"")
    first, second = queued()
    assert json.loads(first["text"]) == {"message": "a line", "labels": {"job": "web"}}
    assert json.loads(second["text"]) == {
        "message": "another",
        "labels": {"job": "web"},
        "metadata": {"trace": "5b8e"},
    }
    assert first["event_time"] == second["event_time"] == TIME


def test_protobuf_is_queued_with_labels_and_metadata(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]]
) -> None:
    body = in_protobuf("a line", labels='{env="d\\"ev", job="wéb"}', metadata={"trace": "5b8e"})

    answer = post(client, compressed(body), tenant)

    assert (answer.status_code, answer.data) == (204, b"")
    (log,) = queued()
    labels = {"env": 'd"ev', "job": "wéb"}
    assert json.loads(log["text"]) == {"message": "a line", "labels": labels, "metadata": {"trace": "5b8e"}}
    assert log["event_time"] == TIME


def test_the_older_json_is_accepted(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]]
) -> None:
    entries = [{"ts": "2026-01-31T12:00:00.123456Z", "line": "a line"}]

    answer = post(client, {"streams": [{"labels": '{job="web"}', "entries": entries}]}, tenant, "/api/prom/push")

    assert answer.status_code == 204
    (log,) = queued()
    assert json.loads(log["text"]) == {"message": "a line", "labels": {"job": "web"}}
    assert log["event_time"] == TIME


def test_a_line_without_labels_is_the_text(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    assert post(client, streams(["1", "a line"]), tenant).status_code == 204

    assert texts() == ["a line"]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ('{a="1", b = "x\\\\y\\n" , c="{,=}"}', {"a": "1", "b": "x\\y\n", "c": "{,=}"}),
        ('{a="1",}', {"a": "1"}),
        ("{}", {}),
        ("", {}),
        ('{a="1" b="2"}', {"labels": '{a="1" b="2"}'}),
        ('{a="\\q\\xZZ"}', {"labels": '{a="\\q\\xZZ"}'}),
        ("{a=1}", {"labels": "{a=1}"}),
        ("web", {"labels": "web"}),
    ],
)
def test_labels_are_parsed(text: str, labels: dict[str, str]) -> None:
    assert parse_labels(text) == labels


def test_one_valid_line_is_enough(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    wrong: list[Any] = [["1", ""], ["1", 5], ["1"], "QUOKKA", None, ["1", "QUOKKA", ["x"]], ["1", "QUOKKA" * 30_000]]

    answer = post(client, streams(["1", "right"], *wrong), tenant)

    assert answer.status_code == 204
    assert texts() == ["right"]


def test_a_damaged_entry_does_not_affect_the_others(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]
) -> None:
    body = in_protobuf("right", "xx", labels="").replace(b"xx", b"\xff\xfe")

    assert post(client, compressed(body), tenant).status_code == 204
    assert texts() == ["right"]


@pytest.mark.parametrize("body", [streams(["1", ""], ["QUOKKA"]), compressed(in_protobuf("", ""))])
def test_a_push_without_a_valid_line_is_refused(client: FlaskClient, tenant: str, body: Any) -> None:
    answer = post(client, body, tenant)

    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert (
        answer.text == "text_empty: None of 2 lines was accepted; the first: The line is empty; put the log into it.\n"
    )


@pytest.mark.parametrize("body", [{}, {"streams": []}, streams(), compressed(in_protobuf())])
def test_a_push_without_a_line_is_refused(client: FlaskClient, tenant: str, body: Any) -> None:
    answer = post(client, body, tenant)

    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    assert "at least one valid stream" in answer.text


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON, None])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_body_that_cannot_be_decoded_is_refused(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, content_type: str | None, body: bytes
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/loki/api/v1/push", data=body, content_type=content_type)

    assert answer.status_code in (400, 413, 422)
    assert answer.mimetype == "text/plain"
    assert "QUOKKA" not in answer.text + caplog.text


def test_protobuf_that_breaks_off_is_refused(client: FlaskClient, tenant: str) -> None:
    whole = in_protobuf("a line")

    for end in range(1, len(whole)):
        assert post(client, compressed(whole[:end]), tenant).status_code == 400, end
    for end in range(1, len(compressed(whole))):
        assert post(client, compressed(whole)[:end], tenant).status_code == 400, end


def test_a_huge_block_is_refused_before_memory_is_allocated(client: FlaskClient, tenant: str) -> None:
    answer = post(client, b"\xff\xff\xff\xff\x0f" + b"x" * 100, tenant)

    assert answer.status_code == 413
    assert answer.text.startswith("body_too_large: ")


def test_more_than_the_limits_is_refused(client: FlaskClient, tenant: str) -> None:
    many = settings.max_records + 1

    for body in (compressed(b"\x0a\x00" * many), compressed(in_protobuf(*[""] * many)), streams(*[["1", "x"]] * many)):
        assert post(client, body, tenant).status_code == 413


def test_a_malformed_tenant_is_refused(client: FlaskClient) -> None:
    assert post(client, streams(["1", "x"]), "a|b").text.startswith("tenant_id_invalid: ")


def test_the_readiness_probe_succeeds(client: FlaskClient) -> None:
    assert (client.get("/ready").status_code, client.get("/ready").text) == (200, "ready\n")


@pytest.mark.parametrize("status", [400, 401, 403, 413, 415, 422, 429, 503])
def test_a_problem_is_answered_as_plain_text(app: Flask, status: int) -> None:
    with app.test_request_context("/loki/api/v1/push"):
        answer = to_plain_text(Problem(status, "a_code", "What to do.", {"Retry-After": "5"}))

    assert (answer.status_code, answer.mimetype, answer.get_data(as_text=True)) == (
        status,
        "text/plain",
        "a_code: What to do.\n",
    )
    assert answer.headers["Retry-After"] == "5"
