"""POST /ingest in each format: what is queued and answered."""

import gzip
import json
import zlib
from collections.abc import Callable

import msgpack
import pytest
import zstandard
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.ingest_fixtures import Queued, Texts

JSON = {"content_type": "application/json"}
LINES = {"content_type": "application/x-ndjson"}
TEXT = {"content_type": "text/plain"}
MESSAGE_PACK = {"content_type": "application/msgpack"}


def post(client: FlaskClient, body: bytes, path: str = "/ingest", **headers: str) -> TestResponse:
    return client.post(path, data=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def shipped(values: list[object]) -> bytes:
    return b"\n".join(json.dumps(value).encode() for value in values)


ONE = "from 10.1.2.3 ok"
OTHER = "from 10.1.2.4 ok"
TIME = msgpack.ExtType(0, (1_769_860_800).to_bytes(4, "big") + (500_000_000).to_bytes(4, "big"))
"""Fluentd's EventTime."""

FORMATS = {
    "object": (json.dumps({"text": ONE}).encode(), JSON, 1),
    "array": (json.dumps([{"text": ONE}, {"message": OTHER}]).encode(), JSON, 2),
    "array of strings": (json.dumps([ONE, OTHER]).encode(), JSON, 2),
    "logs": (json.dumps({"logs": [{"log": ONE}, {"msg": OTHER}]}).encode(), JSON, 2),
    "lines": (shipped([{"body": ONE}, {"event": OTHER}]) + b"\n", LINES, 2),
    "lines called JSON": (shipped([{"text": ONE}, {"text": OTHER}]), JSON, 2),
    "lines without a type": (shipped([{"text": ONE}, {"text": OTHER}]), {}, 2),
    "objects without anything between them": (shipped([{"text": ONE}, {"text": OTHER}]).replace(b"\n", b""), JSON, 2),
    "an array as curl sends it": (
        json.dumps([{"text": ONE}, {"text": OTHER}]).encode(), {"content_type": "application/x-www-form-urlencoded"}, 2
    ),
    "plain text": (ONE.encode(), TEXT, 1),
    "MessagePack array": (msgpack.packb([{"text": ONE}, {"text": OTHER}]), MESSAGE_PACK, 2),
    "MessagePack stream": (msgpack.packb({"text": ONE}) + msgpack.packb({b"text": OTHER.encode()}), MESSAGE_PACK, 2),
    "MessagePack logs": (msgpack.packb({"logs": [{"text": ONE}, {"text": OTHER}]}), MESSAGE_PACK, 2),
    "Fluent Bit's events": (
        msgpack.packb([[TIME, {}], {"log": ONE}]) + msgpack.packb([[TIME, {}], {"log": OTHER}]), MESSAGE_PACK, 2
    ),
    "one of Fluent Bit's events": (msgpack.packb([[TIME, {"a": 1}], {"log": ONE}]), MESSAGE_PACK, 1),
    "one of its older events": (msgpack.packb([TIME, {"log": ONE}]), MESSAGE_PACK, 1),
}  # fmt: skip


@pytest.mark.parametrize(("body", "headers", "count"), FORMATS.values(), ids=FORMATS.keys())
def test_each_format_is_queued(
    client: FlaskClient, tenant: str, queued: Queued, body: bytes, headers: dict[str, str], count: int
) -> None:
    answer = post(client, body, **headers, x_tenant_id=tenant)

    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["accepted"], answer.json["rejected"], answer.json["errors"]) == (count, 0, [])
    logs = queued()
    assert [log["text"] for log in logs] == [ONE, OTHER][:count]
    assert sorted(answer.json["log_ids"]) == sorted(log["log_id"] for log in logs)


def test_plain_text_is_split_into_lines(client: FlaskClient, tenant: str, texts: Texts) -> None:
    answer = post(client, f"{ONE}\r\n\n{OTHER}\n".encode(), "/ingest?split=lines", **TEXT, x_tenant_id=tenant)

    assert answer.status_code == 202
    assert texts() == [ONE, OTHER]


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


ENCODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip of two members": ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
    "zstd": ("zstd", zstandard.compress),
    "zstd of two frames": ("zstd", lambda body: zstandard.compress(body[:9]) + zstandard.compress(body[9:])),
    "deflate": ("deflate", zlib.compress),
    "deflate without a header": ("deflate", raw_deflate),
    "identity": ("identity", bytes),
}


@pytest.mark.parametrize(("encoding", "compress"), ENCODINGS.values(), ids=ENCODINGS.keys())
def test_a_compressed_body_is_queued(
    client: FlaskClient, tenant: str, texts: Texts, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    body = compress(json.dumps({"text": ONE}).encode())

    assert post(client, body, **JSON, content_encoding=encoding, x_tenant_id=tenant).status_code == 202
    assert texts() == [ONE]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timestamp", "2026-01-31T13:00:00.5+01:00"),
        ("time", 1769860800.5),
        ("@timestamp", "2026-01-31T12:00:00.500Z"),
        ("ts", 1769860800500),
        ("date", "1769860800500000"),
        ("ts", 1769860800500000000),
    ],
)
def test_the_events_time_is_kept(client: FlaskClient, tenant: str, queued: Queued, field: str, value: object) -> None:
    post(client, json.dumps({"text": "x", "id": "one", field: value}).encode(), **JSON, x_tenant_id=tenant)

    (log,) = queued()
    assert (log["log_id"], log["text"], log["event_time"]) == ("one", "x", "2026-01-31T12:00:00.500000Z")


@pytest.mark.parametrize("time", [TIME, 1_769_860_800.5, msgpack.Timestamp(1_769_860_800, 500_000_000)])
@pytest.mark.parametrize("framed", [True, False])
def test_fluent_bits_time_is_kept(client: FlaskClient, tenant: str, queued: Queued, time: object, framed: bool) -> None:
    body = msgpack.packb([[time, {}] if framed else time, {"log": "x", "id": "one"}])

    post(client, body, **MESSAGE_PACK, x_tenant_id=tenant)

    (log,) = queued()
    assert (log["log_id"], log["text"], log["event_time"]) == ("one", "x", "2026-01-31T12:00:00.500000Z")


def test_a_malformed_time_stays_in_the_record(client: FlaskClient, tenant: str, queued: Queued) -> None:
    written = '{"text":"x","time":"yesterday"}'
    post(client, written.encode(), **JSON, x_tenant_id=tenant)

    (log,) = queued()
    assert (log["text"], log["event_time"]) == (written, "")


def test_invalid_records_are_reported_and_valid_ones_queued(client: FlaskClient, tenant: str, texts: Texts) -> None:
    lines = [
        b'{"text":"one"}', b'{"text":"QUOKKA', b'{"level":"QUOKKA","id":"two"}', b'{"text":""}', b'"three"',
        b'{"text":"QUOKKA \xff"}', b'{"text":"four","tenant_id":"other"}', b'{"text":"five","log_id":["QUOKKA"]}',
    ]  # fmt: skip

    answer = post(client, b"\n".join(lines), **LINES, x_tenant_id=tenant)

    assert answer.status_code == 202
    assert (answer.json["accepted"], answer.json["rejected"]) == (2, 6)
    assert [(error["index"], error["log_id"], error["code"]) for error in answer.json["errors"]] == [
        (1, None, "json_invalid"),
        (2, "two", "text_missing"),
        (3, None, "text_empty"),
        (5, None, "json_invalid"),
        (6, None, "tenant_id_mismatch"),
        (7, None, "log_id_not_a_string"),
    ]
    assert "QUOKKA" not in answer.text
    assert texts() == ["one", "three"]


SHORT = {"prefer": "respond-async, return=minimal"}
FLUENT_BIT = {"user_agent": "Fluent-Bit"}
"""Client with a buffer of 4 KiB for an answer and its headers. It repeats a request forever if the answer is longer."""


@pytest.mark.parametrize("headers", [SHORT, FLUENT_BIT], ids=["asks for it", "Fluent Bit"])
@pytest.mark.parametrize("right", [2000, 0])
def test_the_answer_is_short_for_fluent_bit_and_on_request(
    client: FlaskClient, engine: object, tenant: str, headers: dict[str, str], right: int
) -> None:
    wrong = [{"log_id": "é" * 256}, {"text": "", "id": 1}, {"text": 5}, 7, {"text": "x", "tenant_id": "other"}]
    body = shipped([*[{"text": "x"}] * right, *wrong * 200])

    answer = post(client, body, **LINES, **headers, x_tenant_id=tenant)

    assert answer.status_code == (202 if right else 422)
    assert (answer.json["accepted"], answer.json["rejected"], answer.json["log_ids"]) == (right, 1000, [])
    codes = ["text_missing", "text_empty", "text_not_a_string", "not_an_object", "tenant_id_mismatch"]
    assert [error["code"] for error in answer.json["errors"]] == codes
    assert len(answer.data) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) < 4000


def test_the_same_idempotency_key_gives_the_same_ids(client: FlaskClient, tenant: str, queued: Queued) -> None:
    body = shipped([{"text": "a"}, {"text": "b"}, {"text": "c", "id": "mine"}])

    for key in ("k-1", "k-1", "k-2"):
        assert post(client, body, **LINES, x_tenant_id=tenant, idempotency_key=key).status_code == 202

    ids = [log["log_id"] for log in queued() if log["text"] != "c"]
    assert len(ids) == 6
    assert len(set(ids)) == 4


@pytest.mark.parametrize("tenant_id", ["t", "A" * 64, "a.b_c-9"])
@pytest.mark.parametrize("log_id", ["1", "a b", "日本", "l" * 256])
def test_ids_at_their_limits_are_accepted(client: FlaskClient, engine: object, tenant_id: str, log_id: str) -> None:
    body = json.dumps({"tenant_id": tenant_id, "text": "x", "log_id": log_id}).encode()

    assert post(client, body, **JSON).status_code == 202


@pytest.mark.parametrize("body", [b'{"text": "x"}', b'{"text": "x", "tenant_id": "tenant-1"}'])
def test_header_and_body_may_agree(client: FlaskClient, engine: object, body: bytes) -> None:
    assert post(client, body, **JSON, x_tenant_id="tenant-1").status_code == 202
