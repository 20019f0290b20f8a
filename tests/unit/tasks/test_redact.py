"""Redact task as a function."""

from local.engine import Engine
from models import TenantPolicy
from tasks.batch import Batch, Log, RedactedBatch
from tasks.redact import redact


def test_logs_keep_their_order_their_ids_and_their_originals(tenant: str) -> None:
    batch = Batch(tenant, "request-1", (Log("a", "mail ada@example.com"), Log("b", "nothing here")))

    result = redact.run(batch)

    assert isinstance(result.done, RedactedBatch)
    assert (result.done.tenant_id, result.done.request_id) == (tenant, "request-1")
    assert [(log.log_id, log.original_text, log.modified_text) for log in result.done.logs] == [
        ("a", "mail ada@example.com", "mail [EMAIL]"),
        ("b", "nothing here", "nothing here"),
    ]
    assert result.retry is None
    assert result.failed == ()


def test_a_log_that_the_policy_drops_is_counted_and_not_passed_on(tenant: str) -> None:
    TenantPolicy.put(tenant, '{"actions": {"EMAIL": "drop"}}')

    result = redact.run(Batch(tenant, "r", (Log("a", "mail ada@example.com"), Log("b", "nothing here"))))
    assert result.done is not None
    assert [log.log_id for log in result.done.logs] == ["b"]
    assert (result.counts.accepted, result.counts.dropped) == (2, 1)

    assert redact.run(Batch(tenant, "r", (Log("a", "mail ada@example.com"),))).done is None


def test_all_logs_are_retried_while_policies_can_not_be_read(engine: Engine, tenant: str) -> None:
    batch = Batch(tenant, "r", (Log("a", "text"),))
    engine.stop()
    try:
        assert redact.run(batch).retry == batch
    finally:
        engine.start()

    assert redact.run(batch).done is not None


def test_a_cached_policy_serves_while_dynamodb_is_down(engine: Engine, tenant: str) -> None:
    batch = Batch(tenant, "r", (Log("a", "text"),))
    assert redact.run(batch).done is not None
    engine.stop()
    try:
        assert redact.run(batch).done is not None
    finally:
        engine.start()
