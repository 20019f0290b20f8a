"""Elasticsearch's bulk request: a status for each item."""

import base64
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
from webapp.protocols.elasticsearch.view import _get_api_key, to_elastic


def ndjson(*lines: Any) -> bytes:
    return b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)


def post(client: FlaskClient, body: bytes, tenant: str, path: str = "/_bulk") -> TestResponse:
    answer = client.post(path, data=body, headers={"x-tenant-id": tenant, "Content-Type": "application/x-ndjson"})
    assert answer.headers["X-Elastic-Product"] == "Elasticsearch"
    assert answer.mimetype == "application/json"
    return answer


def items(answer: TestResponse) -> list[tuple[str, dict[str, Any]]]:
    assert answer.status_code == 200
    assert answer.json is not None
    assert isinstance(answer.json["took"], int)
    pairs = [next(iter(item.items())) for item in answer.json["items"]]
    assert answer.json["errors"] is any("error" in item for _, item in pairs)
    return pairs


def error(answer: TestResponse) -> tuple[int, str, str]:
    assert answer.json is not None
    cause = answer.json["error"]
    assert answer.json["status"] == answer.status_code
    assert cause["root_cause"] == [{"type": cause["type"], "reason": cause["reason"]}]
    return answer.status_code, cause["type"], cause["reason"]


def test_documents_are_queued_with_their_ids_and_times(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]]
) -> None:
    written = b'{"@timestamp": "2026-01-31T13:00:00.5+01:00", "message":"two", "id": 7, "n": 1.10, "event": {"a":"b"}}'
    body = ndjson(
        {"create": {"_index": "logs-a", "_id": "id-1"}},
        {"message": "one", "@timestamp": 1_769_860_800_123},
        {"index": {"_index": "logs-b", "_id": 17}},
        written,
        {"index": None},
        {"status": 500},
    )

    answer = post(client, body[:-1], tenant)

    first, second, third = items(answer)
    assert first[0] == "create"
    assert (first[1]["_index"], first[1]["_id"], first[1]["status"], first[1]["result"]) == (
        "logs-a",
        "id-1",
        201,
        "created",
    )
    assert (second[0], second[1]["_index"], second[1]["_id"], second[1]["status"]) == ("index", "logs-b", "17", 201)
    logs = queued()
    assert {log["text"]: log["log_id"] for log in logs} == {
        "one": "id-1",
        written.decode(): "17",
        '{"status": 500}': third[1]["_id"],
    }
    assert {log["text"]: log["event_time"] for log in logs} == {
        "one": "2026-01-31T12:00:00.123000Z",
        written.decode(): "2026-01-31T12:00:00.500000Z",
        '{"status": 500}': "",
    }


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_path_may_name_an_index(client: FlaskClient, tenant: str, engine: object, method: str) -> None:
    body = ndjson({"create": {}}, {"message": "one"}, {"create": {"_index": "other"}}, {"message": "two"})

    answer = client.open("/logs-a/_bulk", method=method, data=body, headers={"x-tenant-id": tenant})

    assert [item["_index"] for _, item in items(answer)] == ["logs-a", "other"]


def test_items_have_a_status_each(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    body = ndjson(
        {"create": {"_id": "a"}},
        {"message": "right"},
        {"create": {"_id": "b"}},
        b'{"message": "QUOKKA',
        {"create": {"_id": "c"}},
        {},
        {"create": {"_id": "d"}},
        ["QUOKKA"],
        {"delete": {"_index": "i", "_id": "e"}},
        {"update": {"_index": "i", "_id": "f"}},
        {"doc": {"message": "QUOKKA"}},
        {"create": {"_id": "g"}},
        {"message": "QUOKKA" * 30_000},
        {"create": {"_id": "h"}},
        b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
        {"create": {"_id": "i"}},
        b"[" * 100_000,
        {"create": {"_id": "x" * 300}},
        {"message": "QUOKKA"},
        {"create": {"_id": "j"}},
    )

    answer = post(client, body, tenant)

    assert [(action, item["_id"], item["status"]) for action, item in items(answer)] == [
        ("create", "a", 201),
        ("create", "b", 400),
        ("create", "c", 400),
        ("create", "d", 400),
        ("delete", "e", 400),
        ("update", "f", 400),
        ("create", "g", 400),
        ("create", "h", 400),
        ("create", "i", 400),
        ("create", None, 400),
        ("create", "j", 400),
    ]
    assert [item["error"]["reason"].partition(":")[0] for _, item in items(answer)[1:]] == [
        "json_invalid",
        "text_missing",
        "not_an_object",
        "action_unsupported",
        "action_unsupported",
        "text_too_long",
        "too_deep",
        "too_deep",
        "log_id_invalid",
        "source_missing",
    ]
    assert items(answer)[1][1]["error"]["type"] == "document_parsing_exception"
    assert items(answer)[4][1]["error"]["type"] == "illegal_argument_exception"
    assert texts() == ["right"]
    assert "QUOKKA" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        *BAD_BODIES.values(),
        b"\n",
        ndjson({"merge": {}}, {}),
        ndjson({"create": {}, "index": {}}, {}),
        ndjson({}, {}),
        ndjson({"create": 5}, {}),
    ],
)
def test_another_body_is_refused(
    client: FlaskClient, tenant: str, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = post(client, body, tenant)

    assert error(answer)[:2] == (400, "illegal_argument_exception")
    assert "QUOKKA" not in answer.text + caplog.text


def test_an_empty_body_is_refused(client: FlaskClient, tenant: str) -> None:
    assert error(post(client, b"", tenant))[2].startswith("body_empty: ")


@pytest.mark.parametrize("pair", [b'{"create":{}}\n{}\n', b"\n\n\n\n\n"])
def test_more_than_the_limits_is_refused(client: FlaskClient, tenant: str, pair: bytes) -> None:
    answer = post(client, pair * (settings.max_records + 1), tenant)

    assert error(answer)[:2] == (413, "content_too_long_exception")


def test_clients_first_get_the_version(client: FlaskClient) -> None:
    answer = client.get("/")

    assert answer.status_code == 200
    assert answer.headers["X-Elastic-Product"] == "Elasticsearch"
    assert answer.json is not None
    assert answer.json["version"]["number"].startswith("8.")
    assert (answer.json["version"]["build_flavor"], answer.json["tagline"]) == ("default", "You Know, for Search")
    head = client.head("/")
    assert (head.status_code, head.data, head.headers["X-Elastic-Product"]) == (200, b"", "Elasticsearch")


def test_other_paths_do_not_claim_to_be_elasticsearch(client: FlaskClient) -> None:
    assert "X-Elastic-Product" not in client.get("/healthz").headers


@pytest.mark.parametrize(
    ("authorization", "key"),
    [
        (f"ApiKey {base64.b64encode(b'my-id:slk_abc=:d').decode()}", "slk_abc=:d"),
        ("ApiKey slk_abc", "slk_abc"),
        ("apikey  slk_abc=x", "slk_abc=x"),
        (f"ApiKey {base64.b64encode(b'no colon').decode()}", base64.b64encode(b"no colon").decode()),
        ("ApiKey ", None),
        ("Bearer slk_abc", None),
        (None, None),
    ],
)
def test_an_api_key_may_be_in_base64_or_not(app: Flask, authorization: str | None, key: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    with app.test_request_context("/_bulk", headers=headers):
        assert _get_api_key() == key


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "illegal_argument_exception"),
        (401, "security_exception"),
        (403, "security_exception"),
        (413, "content_too_long_exception"),
        (415, "illegal_argument_exception"),
        (429, "es_rejected_execution_exception"),
        (503, "unavailable_shards_exception"),
    ],
)
def test_a_problem_is_answered_as_elasticsearchs_error(app: Flask, status: int, kind: str) -> None:
    with app.test_request_context("/_bulk"):
        answer, answered, headers = to_elastic(Problem(status, "a_code", "What to do.", {"Retry-After": "5"}))

    assert answered == status
    assert headers["Retry-After"] == "5"
    cause = {"type": kind, "reason": "a_code: What to do."}
    assert answer.json == {"error": {"root_cause": [cause], **cause}, "status": status}
