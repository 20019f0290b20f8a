"""Bad requests to POST /ingest get a status, a code and advice."""

import gzip
import json
import logging

import pytest
import zstandard
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from settings import settings

JSON = {"content_type": "application/json"}
TEXT = {"content_type": "text/plain", "x_tenant_id": "tenant-1"}


def log(**fields: object) -> bytes:
    return json.dumps({"tenant_id": "tenant-1", "text": "QUOKKA"} | fields).encode()


BAD_REQUESTS = {
    "empty body": (b"", JSON, 400, "body_empty"),
    "empty text": (b"", TEXT, 400, "body_empty"),
    "broken JSON": (b'{"tenant_id": "tenant-1", "text": "QUOKKA', JSON, 400, "json_invalid"),
    "no object after an object": (b'{"text": 5} QUOKKA', JSON | {"x_tenant_id": "t"}, 422, "records_invalid"),
    "no object after no object": (b'{"text": QUOKKA} {"text": "b"}', JSON, 400, "json_invalid"),
    "a lone surrogate": (b'{"tenant_id": "tenant-1", "text": "QUOKKA \\ud800"}', JSON, 400, "json_invalid"),
    "JSON nested too deep": (b"[" * 200_000, JSON, 400, "json_invalid"),
    "JSON array of numbers": (b"[1, 2, 3]", JSON, 422, "not_an_object"),
    "JSON string": (b'"QUOKKA"', JSON, 422, "not_an_object"),
    "text is a number": (log(text=5), JSON, 422, "text_not_a_string"),
    "tenant is a list": (log(tenant_id=["tenant-1"]), JSON, 422, "tenant_id_not_a_string"),
    "log id is a list": (log(log_id=[7]), JSON, 422, "log_id_not_a_string"),
    "missing text": (b'{"tenant_id": "tenant-1"}', JSON, 422, "text_missing"),
    "empty text field": (log(text=""), JSON, 422, "text_empty"),
    "200 KB text in JSON": (log(text="q" * 200_000), JSON, 422, "text_too_long"),
    "text one byte too long": (log(text="é" * 65_536 + "x"), JSON, 422, "text_too_long"),
    "200 KB text": (b"q" * 200_000, TEXT, 422, "text_too_long"),
    "6 MB of JSON": (log(text="q" * 6_000_000), JSON, 413, "body_too_large"),
    "20 MB": (b"q" * 20_000_000, TEXT, 413, "body_too_large"),
    "missing tenant": (b'{"text": "QUOKKA"}', JSON, 422, "tenant_id_missing"),
    "missing tenant header": (b"QUOKKA", {"content_type": "text/plain"}, 422, "tenant_id_missing"),
    "tenant ../x": (log(tenant_id="../x"), JSON, 422, "tenant_id_invalid"),
    "empty tenant": (log(tenant_id=""), JSON, 422, "tenant_id_invalid"),
    "tenant of 65 characters": (log(tenant_id="t" * 65), JSON, 422, "tenant_id_invalid"),
    "tenant with a newline": (log(tenant_id="tenant-1\n"), JSON, 422, "tenant_id_invalid"),
    "two tenants": (log(), JSON | {"x_tenant_id": "tenant-2"}, 422, "tenant_id_mismatch"),
    "empty log id": (log(log_id=""), JSON, 422, "log_id_invalid"),
    "log id of 257 characters": (log(log_id="l" * 257), JSON, 422, "log_id_invalid"),
    "log id with a control character": (log(log_id="a\x07b"), JSON, 422, "log_id_invalid"),
    "none of the fields of a text": (log(text=None, level="info"), JSON, 422, "text_missing"),
    "objects 33 deep": (log()[:-1] + b', "a":' + b'{"a":' * 32 + b"1" + b"}" * 33, JSON, 422, "too_deep"),
    "no log at all": (b"[]", JSON, 422, "records_missing"),
    "all of them invalid": (b'[{"tenant_id": "t"}, {"tenant_id": "t", "text": ""}]', JSON, 422, "records_invalid"),
    "lines without JSON": (b"QUOKKA\nQUOKKA\n", {"content_type": "application/x-ndjson"}, 400, "json_invalid"),
    "no MessagePack": (b"\xc1QUOKKA", {"content_type": "application/msgpack"}, 400, "msgpack_invalid"),
    "half of a MessagePack": (b"\x82\xa4text", {"content_type": "application/msgpack"}, 400, "msgpack_invalid"),
    "too many records": (
        b'{"text":"a"}\n' * (settings.max_records + 1),
        {"content_type": "application/x-ndjson"},
        413,
        "too_many_records",
    ),
    "too many values": (b"[" + b"0," * 2_500_000 + b"0]", JSON, 413, "too_many_objects"),
    "invalid UTF-8 in text": (b"QUOKKA \xff", TEXT, 400, "utf8_invalid"),
    "invalid UTF-8 in JSON": (b'{"tenant_id": "tenant-1", "text": "QUOKKA \xff"}', JSON, 400, "utf8_invalid"),
    "unknown content type": (b"<log/>", {"content_type": "application/xml"}, 415, "content_type_unsupported"),
    "a form": (b"text=a", {"content_type": "application/x-www-form-urlencoded"}, 415, "content_type_unsupported"),
    "no content type": (b"QUOKKA", {}, 415, "content_type_unsupported"),
    "another charset": (b"QUOKKA", TEXT | {"content_type": "text/plain; charset=latin-1"}, 415, "charset_unsupported"),
    "compressed in another way": (b"\x1f\x9d", JSON | {"content_encoding": "br"}, 415, "content_encoding_unsupported"),
    "compressed and broken off": (gzip.compress(log())[:-9], JSON | {"content_encoding": "gzip"}, 400, "body_corrupt"),
    "zstd and broken off": (zstandard.compress(log())[:-3], JSON | {"content_encoding": "zstd"}, 400, "body_corrupt"),
    "not compressed": (log(), JSON | {"content_encoding": "zstd"}, 400, "body_corrupt"),
    "a bomb": (gzip.compress(b" " * 30_000_000), JSON | {"content_encoding": "gzip"}, 413, "body_too_large"),
    "a bomb in a bomb": (
        zstandard.compress(b" " * 30_000_000),
        JSON | {"content_encoding": "zstd"},
        413,
        "body_too_large",
    ),
    "nothing compressed": (gzip.compress(b""), JSON | {"content_encoding": "gzip"}, 400, "body_empty"),
    "large and of unknown type": (b"q" * 4_000_000, {"content_type": "a/b"}, 415, "content_type_unsupported"),
}


def post(client: FlaskClient, body: bytes, **headers: str) -> TestResponse:
    return client.post("/ingest", data=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(("body", "headers", "status", "code"), BAD_REQUESTS.values(), ids=BAD_REQUESTS.keys())
def test_a_bad_request_gets_a_problem_that_explains_the_fix(
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = post(client, body, **headers)

    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem is not None
    assert (answer.status_code, problem["code"]) == (status, code)
    members = {"accepted", "rejected", "log_ids", "errors"} if "errors" in problem else set()
    assert problem.keys() == {"type", "title", "status", "detail", "code", "request_id"} | members
    assert problem["status"] == status
    assert len(problem["detail"]) > 20
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert "QUOKKA" not in answer.text + caplog.text


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_an_idempotency_key_has_a_length(client: FlaskClient, key: str) -> None:
    answer = client.post("/ingest", data=log(), headers={"Content-Type": "application/json", "Idempotency-Key": key})

    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_invalid")


@pytest.mark.parametrize(("path", "status", "code"), [("/ingest", 405, "method_not_allowed"), ("/x", 404, "not_found")])
def test_an_unknown_path_or_method_gets_a_problem(client: FlaskClient, path: str, status: int, code: str) -> None:
    answer = client.get(path)

    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert ("POST" in answer.headers.get("Allow", "")) == (status == 405)
