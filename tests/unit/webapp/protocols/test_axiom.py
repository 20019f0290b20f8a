"""Axiom's ingest: success is 200 with the number of events."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from settings import settings
from tests.support.bad_bodies import BAD_BODIES

LINES = "application/x-ndjson"
TOO_MANY = settings.max_records + 1


def post(
    client: FlaskClient, body: bytes, tenant: str, path: str = "/v1/datasets/shop/ingest", **headers: str
) -> TestResponse:
    return client.post(path, data=body, content_type=LINES, headers={"x-tenant-id": tenant, **headers})


def counts(answer: TestResponse) -> tuple[int, int, int]:
    assert answer.json is not None
    assert len(answer.json["failures"]) == answer.json["failed"]
    return answer.status_code, answer.json["ingested"], answer.json["failed"]


@pytest.mark.parametrize("path", ["/v1/datasets/shop/ingest", "/v1/ingest/shop"])
@pytest.mark.parametrize(
    "body", [b'{"message":"one"}\n\n{"message":"two"}', b'[{"message":"one"},{"message":"two"}]\n']
)
def test_lines_and_an_array_are_accepted(
    client: FlaskClient, tenant: str, texts: Callable[[], list[Any]], path: str, body: bytes
) -> None:
    assert counts(post(client, gzip.compress(body), tenant, path, content_encoding="gzip")) == (200, 2, 0)
    assert texts() == ["one", "two"]


@pytest.mark.parametrize(("field", "query"), [("_time", ""), ("when", "?timestamp-field=when")])
def test_an_event_has_a_time_and_an_id(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]], field: str, query: str
) -> None:
    event = {field: "2026-01-31T12:00:00Z", "message": "a log", "id": 7, "log_id": "log-1"}

    assert counts(post(client, json.dumps(event).encode(), tenant, f"/v1/ingest/shop{query}")) == (200, 1, 0)

    (log,) = queued()
    assert (log["log_id"], log["event_time"]) == ("log-1", "2026-01-31T12:00:00.000000Z")
    assert json.loads(log["text"]) == event


def test_one_valid_event_is_enough(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    answer = post(client, b'{"message":"right"}\nQUOKKA\n"QUOKKA"\n{"message":""}\n', tenant)

    assert counts(answer) == (200, 1, 3)
    assert "QUOKKA" not in answer.text
    assert texts() == ["right"]


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_a_body_that_cannot_be_decoded_is_refused(client: FlaskClient, tenant: str, body: bytes) -> None:
    answer = post(client, body, tenant)

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["code"] == 400
    assert "QUOKKA" not in answer.text


@pytest.mark.parametrize("body", [b'{"a":1}\n' * TOO_MANY, b"[" + b"1," * TOO_MANY + b"1]", b" \n" * (3 * TOO_MANY)])
def test_more_than_the_limits_is_refused(client: FlaskClient, tenant: str, body: bytes) -> None:
    answer = post(client, body, tenant)

    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["message"].startswith("too_many_records: ")
