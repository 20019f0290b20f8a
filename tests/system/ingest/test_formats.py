"""Each way to write logs that POST /ingest takes, through the running system into the table."""

import gzip
import json
import zlib
from collections.abc import Callable

import msgpack
import pytest
import zstandard

from models import LogRecord
from tests.support.processes import Processes
from tests.support.waiting import wait_for

JSON = {"content_type": "application/json"}
LINES = {"content_type": "application/x-ndjson"}
TEXT = {"content_type": "text/plain"}
MESSAGE_PACK = {"content_type": "application/msgpack"}


def texts(tenant: str, count: int) -> list[tuple[str, str]]:
    """Original and redacted text of a tenant's records, sorted, once there are `count`."""
    wait_for(f"{count} records", lambda: LogRecord.count(tenant) >= count)
    return sorted((record.original_text, record.modified_text) for record in LogRecord.for_tenant(tenant).records)


def shipped(values: list[object]) -> bytes:
    return b"\n".join(json.dumps(value).encode() for value in values)


ONE = "from 10.1.2.3 ok"
OTHER = "from 10.1.2.4 ok"
REDACTED = "from [IP_ADDRESS] ok"
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
def test_is_stored_redacted(pipeline: Processes, tenant: str, body: bytes, headers: dict[str, str], count: int) -> None:
    answer = pipeline.post(body, **headers, x_tenant_id=tenant)

    assert answer.status == 202
    assert (answer.json()["accepted"], answer.json()["rejected"], answer.json()["errors"]) == (count, 0, [])
    assert texts(tenant, count) == [(ONE, REDACTED), (OTHER, REDACTED)][:count]
    assert sorted(answer.json()["log_ids"]) == [record.log_id for record in LogRecord.for_tenant(tenant).records]


def test_lines_of_a_plain_text(pipeline: Processes, tenant: str) -> None:
    answer = pipeline.post(f"{ONE}\r\n\n{OTHER}\n".encode(), path="/ingest?split=lines", **TEXT, x_tenant_id=tenant)

    assert answer.json()["accepted"] == 2
    assert texts(tenant, 2) == [(ONE, REDACTED), (OTHER, REDACTED)]


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
def test_compressed(pipeline: Processes, tenant: str, encoding: str, compress: Callable[[bytes], bytes]) -> None:
    answer = pipeline.post(
        compress(json.dumps({"text": ONE}).encode()), **JSON, content_encoding=encoding, x_tenant_id=tenant
    )

    assert answer.status == 202
    assert texts(tenant, 1) == [(ONE, REDACTED)]


def test_a_record_with_further_fields_is_kept_whole(pipeline: Processes, tenant: str) -> None:
    written = '{"level":"info", "message":"from 10.1.2.3", "user":{"ip":"10.1.2.4","n":1.50}, "ssn":"078-05-1120"}'

    assert pipeline.post(written.encode(), **JSON, x_tenant_id=tenant).status == 202

    redacted = written.replace("10.1.2.3", "[IP_ADDRESS]").replace("10.1.2.4", "[IP_ADDRESS]")
    assert texts(tenant, 1) == [(written, redacted.replace("078-05-1120", "[US_SSN]"))]


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
def test_the_time_of_the_event_is_kept(pipeline: Processes, tenant: str, field: str, value: object) -> None:
    body = json.dumps({"text": "x", "id": "one", field: value}).encode()

    assert pipeline.post(body, **JSON, x_tenant_id=tenant).json()["log_ids"] == ["one"]

    assert texts(tenant, 1) == [("x", "x")]
    assert LogRecord.of(tenant, "one").event_time == "2026-01-31T12:00:00.500000Z"


@pytest.mark.parametrize("time", [TIME, 1_769_860_800.5, msgpack.Timestamp(1_769_860_800, 500_000_000)])
@pytest.mark.parametrize("framed", [True, False])
def test_the_time_of_fluent_bits_event_is_kept(pipeline: Processes, tenant: str, time: object, framed: bool) -> None:
    body = msgpack.packb([[time, {}] if framed else time, {"log": "x", "id": "one"}])

    assert pipeline.post(body, **MESSAGE_PACK, x_tenant_id=tenant).json()["log_ids"] == ["one"]

    assert texts(tenant, 1) == [("x", "x")]
    assert LogRecord.of(tenant, "one").event_time == "2026-01-31T12:00:00.500000Z"


def test_a_time_that_is_none_stays_in_the_record(pipeline: Processes, tenant: str) -> None:
    written = '{"text":"x","time":"yesterday"}'
    assert pipeline.post(written.encode(), **JSON, x_tenant_id=tenant).status == 202
    assert texts(tenant, 1) == [(written, written)]


def test_wrong_records_are_told_apart_from_right_ones(pipeline: Processes, tenant: str) -> None:
    lines = [
        b'{"text":"one"}', b'{"text":"QUOKKA', b'{"level":"QUOKKA","id":"two"}', b'{"text":""}', b'"three"',
        b'{"text":"QUOKKA \xff"}', b'{"text":"four","tenant_id":"other"}', b'{"text":"five","log_id":["QUOKKA"]}',
    ]  # fmt: skip

    answer = pipeline.post(b"\n".join(lines), **LINES, x_tenant_id=tenant)

    assert answer.status == 202
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (2, 6)
    assert [(error["index"], error["log_id"], error["code"]) for error in answer.json()["errors"]] == [
        (1, None, "json_invalid"),
        (2, "two", "text_missing"),
        (3, None, "text_empty"),
        (5, None, "json_invalid"),
        (6, None, "tenant_id_mismatch"),
        (7, None, "log_id_not_a_string"),
    ]
    assert "QUOKKA" not in answer.data.decode()
    assert texts(tenant, 2) == [("one", "one"), ("three", "three")]


BRIEF = {"prefer": "respond-async, return=minimal"}
FLUENT_BIT = {"user_agent": "Fluent-Bit"}
"""Has 4 KiB for an answer with its headers, and sends a request again without end when there is more of it."""


@pytest.mark.parametrize("headers", [BRIEF, FLUENT_BIT], ids=["asks for it", "Fluent Bit"])
@pytest.mark.parametrize("right", [2000, 0])
def test_an_answer_that_is_brief(pipeline: Processes, tenant: str, headers: dict[str, str], right: int) -> None:
    wrong = [{"log_id": "é" * 256}, {"text": "", "id": 1}, {"text": 5}, 7, {"text": "x", "tenant_id": "other"}]
    body = shipped([*[{"text": "x"}] * right, *wrong * 200])

    answer = pipeline.post(body, **LINES, **headers, x_tenant_id=tenant)

    assert answer.status == (202 if right else 422)
    assert (answer.json()["accepted"], answer.json()["rejected"], answer.json()["log_ids"]) == (right, 1000, [])
    codes = ["text_missing", "text_empty", "text_not_a_string", "not_an_object", "tenant_id_mismatch"]
    assert [error["code"] for error in answer.json()["errors"]] == codes
    assert len(answer.data) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) < 4000


def test_several_tenants_in_one_request(pipeline: Processes, tenant: str) -> None:
    body = shipped([{"tenant_id": tenant, "text": "a"}, {"tenant_id": f"{tenant}-2", "text": "b"}])

    assert pipeline.post(body, **LINES).json()["accepted"] == 2

    assert texts(tenant, 1) == [("a", "a")]
    assert texts(f"{tenant}-2", 1) == [("b", "b")]


def test_an_idempotency_key_makes_ids_that_stay(pipeline: Processes, tenant: str) -> None:
    body = shipped([{"text": "a"}, {"text": "b"}, {"text": "c", "id": "mine"}])

    first, second = (pipeline.post(body, **LINES, x_tenant_id=tenant, idempotency_key="k-1").json() for _ in range(2))
    other = pipeline.post(body, **LINES, x_tenant_id=tenant, idempotency_key="k-2").json()

    assert first["log_ids"] == second["log_ids"]
    assert set(first["log_ids"]) & set(other["log_ids"]) == {"mine"}
    assert texts(tenant, 5) == [("a", "a"), ("a", "a"), ("b", "b"), ("b", "b"), ("c", "c")]
