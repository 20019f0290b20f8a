"""Records as the tenant's policy demands, on the real table."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from local.engine import Engine
from models import LogRecord, Storage, TenantPolicy
from models.tenants import storage as storage_module
from settings import settings
from tasks import policies
from tasks.batch import RedactedBatch, RedactedLog
from tasks.batch_result import BatchResult
from tasks.store import store

TEXT = "Customer 555-123-4567 logged in"
REDACTED = "Customer [PHONE] logged in"


@pytest.fixture(autouse=True)
def _policies_are_looked_up_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "settings", settings.model_copy(update={"policy_cache_seconds": 0}))


@pytest.fixture
def by_setting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change the settings for tenants whose policy leaves them open."""

    def apply(**values: object) -> None:
        monkeypatch.setattr(storage_module, "settings", settings.model_copy(update=values))

    return apply


def run(tenant: str, text: str = TEXT, log_id: str = "a") -> BatchResult:
    log = RedactedLog(log_id, text, REDACTED, "2026-01-31T12:00:00.000Z", {"PHONE": 1})
    return store.run(RedactedBatch(tenant, "r", (log,)))


def read_raw(tenant: str) -> str:
    """Return all that the table has of a tenant."""
    items = LogRecord._get_connection().query(tenant)["Items"]
    return json.dumps(items, default=repr)


def test_an_original_is_kept(tenant: str) -> None:
    assert run(tenant) == BatchResult()

    record = LogRecord.of(tenant, "a")
    assert (record.original, record.original_text, record.modified_text) == (None, TEXT, REDACTED)
    assert record.open_original() == TEXT
    assert record.expires_at is None


def test_an_original_is_encrypted(tenant: str) -> None:
    TenantPolicy.put(tenant, "", Storage("encrypt"))

    assert run(tenant) == BatchResult()

    assert "555" not in read_raw(tenant)
    record = LogRecord.of(tenant, "a")
    assert (record.original, record.modified_text) == ("encrypted", REDACTED)
    assert record.open_original() == TEXT


def test_an_original_is_encrypted_if_the_setting_demands_it(tenant: str, by_setting: Callable[..., None]) -> None:
    by_setting(original="encrypt")

    run(tenant)

    assert "555" not in read_raw(tenant)
    assert LogRecord.of(tenant, "a").open_original() == TEXT


def test_an_original_is_dropped(tenant: str) -> None:
    TenantPolicy.put(tenant, "", Storage("drop"))

    assert run(tenant) == BatchResult()

    assert "555" not in read_raw(tenant)
    record = LogRecord.of(tenant, "a")
    assert (record.original, record.original_text, record.modified_text) == ("dropped", REDACTED, REDACTED)
    assert record.open_original() is None


@pytest.mark.parametrize("before", ["keep", "encrypt", "drop"])
@pytest.mark.parametrize("after", ["keep", "encrypt", "drop"])
def test_a_redelivery_is_recognised_after_the_policy_has_changed(tenant: str, before: str, after: str) -> None:
    TenantPolicy.put(tenant, "", Storage(before))
    run(tenant)
    stored = read_raw(tenant)

    TenantPolicy.put(tenant, "", Storage(after))

    assert run(tenant) == BatchResult()
    (part,) = run(tenant, "another text").failed
    assert part.reason == "conflict"
    assert read_raw(tenant) == stored


def test_the_longest_text_is_stored_encrypted(tenant: str) -> None:
    TenantPolicy.put(tenant, "", Storage("encrypt"))
    text = "é" * (131_072 // 2)

    assert run(tenant, text) == BatchResult()

    assert LogRecord.of(tenant, "a").open_original() == text


@pytest.mark.parametrize(("own", "days"), [(None, 30), (7, 7), (0, None)])
def test_a_record_expires_as_policy_or_setting_demands(
    tenant: str, by_setting: Callable[..., None], own: int | None, days: int | None
) -> None:
    by_setting(retention_days=30)
    TenantPolicy.put(tenant, "", Storage(retention_days=own))

    run(tenant)

    expires_at = LogRecord.of(tenant, "a").expires_at
    if days is None:
        assert expires_at is None
    else:
        assert timedelta(0) <= datetime.now(UTC) + timedelta(days=days) - expires_at < timedelta(minutes=10)


def test_an_invalid_policy_in_the_table_fails_the_batch(tenant: str) -> None:
    TenantPolicy(tenant).update([TenantPolicy.original.set("shred"), TenantPolicy.secret.set(bytes(32))])

    (part,) = run(tenant).failed

    assert part.reason == "policy_invalid"
    assert LogRecord.count(tenant) == 0


def test_a_batch_is_retried_while_dynamodb_is_down(engine: Engine, tenant: str) -> None:
    engine.stop()
    try:
        result = run(tenant)
    finally:
        engine.start()

    assert result.retry is not None
    assert not result.failed


@pytest.mark.parametrize(
    "wrong", [{"original": "shred"}, {"retention_days": -1}, {"retention_days": 36_501}, {"retention_days": True}]
)
def test_storage_refuses_impossible_values(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must be one of keep, encrypt, drop, not 'shred'|up to 36500, not"):
        Storage(**wrong)
