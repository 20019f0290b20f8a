"""Formats of POST /ingest through the running system.

tests/unit/webapp/ingest has the others.
"""

import gzip
import json

import msgpack
import pytest

from models import LogRecord
from tests.support.processes import Processes
from tests.support.waiting import wait_for

JSON = {"content_type": "application/json"}
LINES = {"content_type": "application/x-ndjson"}
TEXT = {"content_type": "text/plain"}
MESSAGE_PACK = {"content_type": "application/msgpack"}


def texts(tenant: str, count: int) -> list[tuple[str, str]]:
    """Return original and redacted texts of a tenant once there are `count`."""
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
    "lines": (shipped([{"body": ONE}, {"event": OTHER}]) + b"\n", LINES, 2),
    "compressed array": (
        gzip.compress(json.dumps([ONE, OTHER]).encode()), JSON | {"content_encoding": "gzip"}, 2
    ),
    "MessagePack array": (msgpack.packb([{"text": ONE}, {"text": OTHER}]), MESSAGE_PACK, 2),
    "Fluent Bit's events": (
        msgpack.packb([[TIME, {}], {"log": ONE}]) + msgpack.packb([[TIME, {}], {"log": OTHER}]), MESSAGE_PACK, 2
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "headers", "count"), FORMATS.values(), ids=FORMATS.keys())
def test_a_request_in_each_format_is_stored_redacted(
    pipeline: Processes, tenant: str, body: bytes, headers: dict[str, str], count: int
) -> None:
    answer = pipeline.post(body, **headers, x_tenant_id=tenant)

    assert answer.status == 202
    assert (answer.json()["accepted"], answer.json()["rejected"], answer.json()["errors"]) == (count, 0, [])
    assert texts(tenant, count) == [(ONE, REDACTED), (OTHER, REDACTED)][:count]
    assert sorted(answer.json()["log_ids"]) == [record.log_id for record in LogRecord.for_tenant(tenant).records]


def test_a_record_with_further_fields_is_kept_whole(pipeline: Processes, tenant: str) -> None:
    written = '{"level":"info", "message":"from 10.1.2.3", "user":{"ip":"10.1.2.4","n":1.50}, "ssn":"078-05-1120"}'

    assert pipeline.post(written.encode(), **JSON, x_tenant_id=tenant).status == 202

    redacted = written.replace("10.1.2.3", "[IP_ADDRESS]").replace("10.1.2.4", "[IP_ADDRESS]")
    assert texts(tenant, 1) == [(written, redacted.replace("078-05-1120", "[US_SSN]"))]


def test_one_request_may_hold_logs_for_several_tenants(pipeline: Processes, tenant: str) -> None:
    body = shipped([{"tenant_id": tenant, "text": "a"}, {"tenant_id": f"{tenant}-2", "text": "b"}])

    assert pipeline.post(body, **LINES).json()["accepted"] == 2

    assert texts(tenant, 1) == [("a", "a")]
    assert texts(f"{tenant}-2", 1) == [("b", "b")]


def test_the_time_in_a_record_is_stored(pipeline: Processes, tenant: str) -> None:
    body = json.dumps({"text": "x", "id": "one", "ts": 1_769_860_800_500}).encode()

    assert pipeline.post(body, **JSON, x_tenant_id=tenant).json()["log_ids"] == ["one"]

    assert texts(tenant, 1) == [("x", "x")]
    assert LogRecord.of(tenant, "one").event_time == "2026-01-31T12:00:00.500000Z"


def test_the_same_idempotency_key_gives_the_same_ids(pipeline: Processes, tenant: str) -> None:
    body = shipped([{"text": "a"}, {"text": "b"}, {"text": "c", "id": "mine"}])

    first, second = (pipeline.post(body, **LINES, x_tenant_id=tenant, idempotency_key="k-1").json() for _ in range(2))
    other = pipeline.post(body, **LINES, x_tenant_id=tenant, idempotency_key="k-2").json()

    assert first["log_ids"] == second["log_ids"]
    assert set(first["log_ids"]) & set(other["log_ids"]) == {"mine"}
    assert texts(tenant, 5) == [("a", "a"), ("a", "a"), ("b", "b"), ("b", "b"), ("c", "c")]
