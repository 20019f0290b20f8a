"""Splunk's HTTP Event Collector: its codes, and concatenated objects."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from settings import settings
from tests.support.bad_bodies import BAD_BODIES
from topology import MAX_DEPTH
from webapp.http.problems import Problem
from webapp.protocols.splunk.view import to_hec

TIME = "2026-01-31T12:00:00.123000Z"
PATHS = [
    "/services/collector",
    "/services/collector/1.0",
    "/services/collector/event",
    "/services/collector/event/1.0",
]


def post(client: FlaskClient, body: Any, tenant: str, path: str = PATHS[0], content_type: str = "") -> TestResponse:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    headers = {"x-tenant-id": tenant} | ({"Content-Type": content_type} if content_type else {})
    return client.post(path, data=data, headers=headers)


def outcome(answer: TestResponse) -> tuple[int, Any, Any]:
    assert answer.json is not None
    return answer.status_code, answer.json["text"], answer.json["code"]


@pytest.mark.parametrize("path", PATHS)
def test_an_event_alone_is_the_text(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]], path: str
) -> None:
    answer = post(client, {"event": "a log", "time": "1769860800.123"}, tenant, path)

    assert answer.json == {"text": "Success", "code": 0}
    assert answer.status_code == 200
    (log,) = queued()
    assert (log["text"], log["event_time"]) == ("a log", TIME)


def test_an_event_is_kept_as_it_was_written(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]]
) -> None:
    written = (
        '{"time":1769860800.123, "host":"h","sourcetype":"s","index":"main","event":{"message":"m","n":1.10},'
        '"fields":{"id":7}}'
    )

    post(client, written, tenant)

    (log,) = queued()
    assert (log["text"], log["event_time"]) == (written, TIME)


@pytest.mark.parametrize("event", [0, False, 1.5, ["a"], {"a": None}])
def test_an_event_may_have_any_type(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]], event: Any
) -> None:
    assert post(client, {"event": event}, tenant).status_code == 200
    assert texts() == [{"event": event}]


@pytest.mark.parametrize("content_type", ["", "application/json", "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("between", ["", " ", "\n", "\r\n\r\n", "\t"])
def test_concatenated_events_are_accepted(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]], between: str, content_type: str
) -> None:
    body = between.join(json.dumps({"event": text}) for text in ("one}{", "two", "é 3"))

    assert outcome(post(client, body + between, tenant, content_type=content_type)) == (200, "Success", 0)
    assert texts() == ["one}{", "two", "é 3"]


def test_an_array_is_accepted(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    post(client, [{"event": "one"}, {"event": "two"}], tenant)

    assert texts() == ["one", "two"]


def test_json_over_several_lines_is_accepted(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    post(client, json.dumps({"event": "one", "host": "h"}, indent=2) * 2, tenant)

    assert texts() == [{"event": "one", "host": "h"}] * 2


def test_one_valid_event_is_enough(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    deep = '{"event":' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}"
    body = '{"event":"right"}{"event":""}{"host":"QUOKKA"}7{"event":NaN}' + deep + '{"event":"QUOKKA'

    answer = post(client, body, tenant)

    assert outcome(answer) == (200, "Success", 0)
    assert texts() == ["right"]


@pytest.mark.parametrize(
    ("body", "text", "code"),
    [
        (" \n", "No data", 5),
        (b"", "No data", 5),
        ('{"host": "QUOKKA"}', "Event field is required", 12),
        ('{"event": ""}', "Event field cannot be blank", 13),
        ('{"event": null}', "Event field cannot be blank", 13),
        ('{"event": {}}', "Event field cannot be blank", 13),
        ('{"event": "QUOKKA', "Invalid data format", 6),
        ('["QUOKKA"]', "Invalid data format", 6),
        (json.dumps({"event": "QUOKKA" * 30_000}), "Invalid data format", 6),
    ],
)
def test_a_rejected_event_is_answered_with_hecs_code(
    client: FlaskClient, tenant: str, body: Any, text: str, code: int
) -> None:
    answer = post(client, body, tenant)

    assert outcome(answer) == (400, text, code)
    assert "QUOKKA" not in answer.text


def test_the_first_invalid_event_is_numbered(client: FlaskClient, tenant: str) -> None:
    answer = post(client, '{"event":""}{"host":"h"}', tenant)

    assert outcome(answer) == (400, "Event field cannot be blank", 13)
    assert answer.json is not None
    assert answer.json["invalid-event-number"] == 0


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_body_that_cannot_be_decoded_is_refused(
    client: FlaskClient, tenant: str, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = post(client, body, tenant)

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["code"] in (6, 12)
    assert "QUOKKA" not in answer.text + caplog.text


@pytest.mark.parametrize("path", ["/services/collector/raw", "/services/collector/raw/1.0"])
def test_raw_lines_are_logs(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]], path: str
) -> None:
    answer = post(client, b"one\r\n\n  two\n", tenant, path + "?time=1769860800.123")

    assert outcome(answer) == (200, "Success", 0)
    assert [(log["text"], log["event_time"]) for log in queued()] == [("  two", TIME), ("one", TIME)]


def test_raw_lines_are_stored_with_the_querys_metadata(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]
) -> None:
    post(client, b"one", tenant, "/services/collector/raw?sourcetype=s&host=h&channel=c")

    assert texts() == [{"event": "one", "host": "h", "sourcetype": "s"}]


@pytest.mark.parametrize(("body", "code"), [(b"\n \n", 5), (b"QUOKKA \xff", 6)])
def test_a_raw_body_without_a_line_is_refused(client: FlaskClient, tenant: str, body: bytes, code: int) -> None:
    answer = post(client, body, tenant, "/services/collector/raw")

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["code"] == code
    assert "QUOKKA" not in answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [(PATHS[0], b'{"event":"x"}'), ("/services/collector/raw", b"x\n"), ("/services/collector/raw", b"\n\n\n")],
)
def test_more_than_the_limits_is_refused(client: FlaskClient, tenant: str, path: str, body: bytes) -> None:
    answer = post(client, body * (settings.max_records + 1), tenant, path)

    assert outcome(answer) == (413, "Request entity too large", 27)


@pytest.mark.parametrize("path", ["/services/collector/health", "/services/collector/health/1.0"])
def test_the_health_probe_succeeds(client: FlaskClient, path: str) -> None:
    assert outcome(client.get(path)) == (200, "HEC is healthy", 17)


@pytest.mark.parametrize(
    ("status", "problem", "authorization", "expected"),
    [
        (401, "key_missing", None, (401, "Token is required", 2)),
        (401, "key_unknown", "Splunk x", (403, "Invalid token", 4)),
        (401, "key_unknown", "Bearer x", (403, "Invalid token", 4)),
        (401, "key_missing", "Splunk ", (401, "Token is required", 2)),
        (401, "key_missing", "Digest x", (401, "Invalid authorization", 3)),
        (403, "scope_missing", "Splunk x", (403, "Invalid token", 4)),
        (403, "tenant_suspended", "Splunk x", (403, "Token disabled", 1)),
        (413, "body_too_large", None, (413, "Request entity too large", 27)),
        (415, "content_encoding_unsupported", None, (400, "Invalid data format", 6)),
        (429, "rate_limited", None, (429, "Server is busy", 9)),
        (503, "queue_unavailable", None, (503, "Server is busy", 9)),
    ],
)
def test_a_problem_is_answered_with_hecs_code(
    app: Flask, status: int, problem: str, authorization: str | None, expected: tuple[int, str, int]
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    with app.test_request_context(PATHS[0], headers=headers):
        answer, answered, sent = to_hec(Problem(status, problem, "What to do.", {"Retry-After": "5"}))

    assert answer.json is not None
    assert (answered, answer.json["text"], answer.json["code"]) == expected
    assert answer.json["detail"] == "What to do."
    assert sent["Retry-After"] == "5"
