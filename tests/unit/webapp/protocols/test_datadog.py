"""Datadog's intake: success is 202 and {}."""

import gzip
import json
import logging
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from settings import settings
from tests.support.bad_bodies import BAD_BODIES
from webapp.http.problems import Problem
from webapp.protocols.datadog import to_errors

TIME = "2026-01-31T12:00:00.123000Z"


def post(
    client: FlaskClient, body: Any, tenant: str, path: str = "/api/v2/logs", content_type: str = "application/json"
) -> TestResponse:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(path, data=data, content_type=content_type, headers={"x-tenant-id": tenant})


def accepted(answer: TestResponse) -> bool:
    return (answer.status_code, answer.json) == (202, {})


def detail(answer: TestResponse, status: int) -> str:
    assert answer.json is not None
    (error,) = answer.json["errors"]
    assert (answer.status_code, error["status"]) == (status, str(status))
    return str(error["detail"])


@pytest.mark.parametrize("path", ["/api/v2/logs", "/v1/input"])
def test_an_array_is_accepted(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]], path: str
) -> None:
    log = {"message": "a log", "ddtags": "env:dev", "service": "shop", "id": 7, "timestamp": 1_769_860_800_123}

    assert accepted(post(client, [log, {"message": "alone", "date": "2026-01-31T12:00:00.123Z"}], tenant, path))

    first, second = queued()
    assert (first["text"], first["event_time"]) == ("alone", TIME)
    assert (json.loads(second["text"]), second["event_time"]) == (log, TIME)


def test_an_object_is_accepted(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    assert accepted(post(client, {"message": "a log"}, tenant))
    assert texts() == ["a log"]


def test_fields_in_the_query_are_added_to_each_log(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]
) -> None:
    logs = [{"message": "one"}, {"message": "two", "ddtags": "a:b"}]

    assert accepted(post(client, logs, tenant, "/api/v2/logs?ddtags=env:dev&dd-api-version=1"))

    assert texts() == [{"ddtags": "env:dev", "message": "one"}, {"message": "two", "ddtags": "a:b"}]


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstandard.ZstdCompressor().compress)],
)
def test_a_compressed_body_is_accepted(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]], encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    headers = {"x-tenant-id": tenant, "Content-Encoding": encoding, "Content-Type": "application/json"}

    assert accepted(client.post("/api/v2/logs", data=compress(b'[{"message":"a log"}]'), headers=headers))
    assert texts() == ["a log"]


def test_plain_text_has_one_log_per_line(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    assert accepted(post(client, "one\n\ntwo\n", tenant, content_type="text/plain"))
    assert texts() == ["one", "two"]


@pytest.mark.parametrize("body", ["{}", "[]", "[{}]", " {}\n"])
def test_the_agents_probe_succeeds(client: FlaskClient, tenant: str, body: str) -> None:
    assert accepted(post(client, body, tenant))


def test_one_valid_log_is_enough(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    logs = [{"message": "right"}, {"message": ""}, "QUOKKA", {"message": "QUOKKA" * 30_000, "a": 1}, {}, None]

    assert accepted(post(client, logs, tenant))
    assert texts() == ["right"]


def test_a_request_without_a_valid_log_is_refused(client: FlaskClient, tenant: str) -> None:
    answer = post(client, [{"message": ""}, "QUOKKA"], tenant)

    assert detail(answer, 400).startswith("text_empty: None of 2 logs was accepted; ")
    assert "QUOKKA" not in answer.text


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_body_that_cannot_be_decoded_is_refused(
    client: FlaskClient, tenant: str, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = post(client, body, tenant)

    assert detail(answer, 400)
    assert "QUOKKA" not in answer.text + caplog.text


def test_an_empty_body_is_refused(client: FlaskClient, tenant: str) -> None:
    assert detail(post(client, b"", tenant), 400).startswith("body_empty: ")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"[" + b'{"message":"x"},' * settings.max_records + b"{}]", "application/json"),
        (b"[" + b"{}," * 1_100_000 + b"{}]", "application/json"),
        (b"\n" * 3 * (settings.max_records + 1), "text/plain"),
    ],
)
def test_more_than_the_limits_is_refused(client: FlaskClient, tenant: str, body: bytes, content_type: str) -> None:
    assert detail(post(client, body, tenant, content_type=content_type), 413).startswith("too_many_")


@pytest.mark.parametrize(
    ("status", "code", "answered"),
    [
        (400, "json_invalid", 400),
        (401, "key_missing", 401),
        (401, "key_invalid", 403),
        (403, "scope_missing", 403),
        (413, "body_too_large", 413),
        (415, "content_encoding_unsupported", 400),
        (422, "tenant_id_missing", 400),
        (429, "rate_limited", 429),
        (503, "queue_unavailable", 503),
    ],
)
def test_a_problem_is_answered_as_datadogs_error(app: Flask, status: int, code: str, answered: int) -> None:
    with app.test_request_context("/api/v2/logs"):
        answer, sent, headers = to_errors(Problem(status, code, "What to do.", {"Retry-After": "5"}))

    assert (sent, headers["Retry-After"]) == (answered, "5")
    assert answer.json is not None
    (error,) = answer.json["errors"]
    assert (error["status"], error["detail"]) == (str(answered), f"{code}: What to do.")


def test_an_api_key_can_be_validated(client: FlaskClient, engine: object) -> None:
    assert client.get("/api/v1/validate").status_code in (200, 401)
