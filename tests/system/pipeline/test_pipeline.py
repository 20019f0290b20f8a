"""Logs sent over HTTP are stored redacted, on real processes."""

import json

from models import LogRecord
from tests.support.failure_queue import list_dead_letters
from tests.support.processes import Processes
from tests.support.waiting import wait_for
from topology import VERSION


def stored(tenant: str, count: int) -> list[LogRecord]:
    return wait_for(
        f"{count} records of {tenant}",
        lambda: (records := LogRecord.for_tenant(tenant).records) and len(records) == count and records,
    )


def test_a_json_log_is_redacted_and_stored(pipeline: Processes, tenant: str) -> None:
    body = {"tenant_id": tenant, "log_id": "uuid-1234", "text": "Customer 555-123-4567 logged in"}

    answer = pipeline.post(json.dumps(body), content_type="application/json")

    assert answer.status == 202
    accepted = answer.json()
    assert accepted == {
        "accepted": 1,
        "rejected": 0,
        "log_ids": ["uuid-1234"],
        "errors": [],
        "request_id": accepted["request_id"],
    }
    assert answer.headers["X-Request-Id"] == accepted["request_id"]
    (record,) = stored(tenant, 1)
    assert record.redactions.attribute_values == {"PHONE": 1}
    assert record.attribute_values == {
        "redactions": record.redactions,
        "tenant_id": tenant,
        "log_id": "uuid-1234",
        "original_text": "Customer 555-123-4567 logged in",
        "modified_text": "Customer [PHONE] logged in",
        "processed_at": record.processed_at,
        "original_fingerprint": record.original_fingerprint,
        "time_shard": record.time_shard,
        "time_key": f"{record.processed_at[:-1]}000Z#uuid-1234",
    }
    assert record.processed_at.endswith("Z")


def test_a_text_log_is_stored_under_a_new_id(pipeline: Processes, tenant: str) -> None:
    answer = pipeline.post("Raw log text here", content_type="text/plain", x_tenant_id=tenant)

    assert answer.status == 202
    (record,) = stored(tenant, 1)
    assert [record.log_id] == answer.json()["log_ids"]
    assert record.modified_text == record.original_text == "Raw log text here"


def test_the_largest_log_comes_through_unchanged(pipeline: Processes, tenant: str) -> None:
    # Characters that neither compress nor fit into a byte: the worst that the way through SQS can be given.
    text = "".join(chr(0x10000 + (number * 7919) % 0xFFFF) for number in range(131_072 // 4))

    assert pipeline.post(text, content_type="text/plain", x_tenant_id=tenant).status == 202

    (record,) = stored(tenant, 1)
    assert record.original_text == text


def test_a_log_sent_twice_is_stored_once(pipeline: Processes, tenant: str) -> None:
    body = json.dumps({"tenant_id": tenant, "log_id": "once", "text": "the same"})
    for _ in range(2):
        assert pipeline.post(body, content_type="application/json").status == 202
    pipeline.post("a later one", content_type="text/plain", x_tenant_id=tenant)

    records = stored(tenant, 2)

    assert {record.original_text for record in records} == {"the same", "a later one"}
    assert not list_dead_letters(tenant)


def test_healthz_and_readyz_answer_ok(pipeline: Processes) -> None:
    assert pipeline.get("/healthz").json() == {"status": "ok", "version": VERSION}
    assert pipeline.get("/readyz").json() == {"status": "ok", "checks": {"sqs": "ok", "dynamodb": "ok"}}


def test_a_worker_logs_the_request_id_and_the_trace(pipeline: Processes, tenant: str) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    body = json.dumps({"tenant_id": tenant, "text": "QUOKKA"})

    answer = pipeline.post(body, content_type="application/json", x_request_id=f"r-{tenant}", traceparent=trace)

    assert answer.status == 202
    for name in ("redact", "store"):
        line = wait_for(
            f"the line of {name}",
            lambda name=name: next((line for line in pipeline.log(name).splitlines() if f'"r-{tenant}"' in line), None),
        )
        fields = json.loads(line)
        assert (fields["message"], fields["task"], fields["queue"]) == ("done", f"tasks.{name}.{name}", name)
        assert (fields["tenant_id"], fields["traceparent"], fields["logs"], fields["attempt"]) == (tenant, trace, 1, 1)
        assert fields["seconds"] >= 0
        assert "QUOKKA" not in pipeline.log(name)
