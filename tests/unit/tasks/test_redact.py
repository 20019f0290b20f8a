"""The redact task as a function."""

from local.engine import Engine
from models import TenantPolicy
from tasks.batch import Batch, Log, RedactedBatch
from tasks.redact import redact


def test_every_log_keeps_its_place_its_id_and_its_original(tenant: str) -> None:
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


def test_a_log_that_the_policy_drops_is_not_passed_on(tenant: str) -> None:
    TenantPolicy.put(tenant, '{"actions": {"EMAIL": "drop"}}')

    result = redact.run(Batch(tenant, "r", (Log("a", "mail ada@example.com"), Log("b", "nothing here"))))
    assert result.done is not None
    assert [log.log_id for log in result.done.logs] == ["b"]

    assert redact.run(Batch(tenant, "r", (Log("a", "mail ada@example.com"),))).done is None


def test_without_the_policies_everything_waits(engine: Engine, tenant: str) -> None:
    batch = Batch(tenant, "r", (Log("a", "text"),))
    engine.stop()
    try:
        assert redact.run(batch).retry == batch
    finally:
        engine.start()

    assert redact.run(batch).done is not None


def test_a_policy_that_was_looked_up_serves_for_a_while(engine: Engine, tenant: str) -> None:
    batch = Batch(tenant, "r", (Log("a", "text"),))
    assert redact.run(batch).done is not None
    engine.stop()
    try:
        assert redact.run(batch).done is not None
    finally:
        engine.start()
