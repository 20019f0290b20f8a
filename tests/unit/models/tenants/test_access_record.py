"""Records of who read originals, on the embedded engine."""

from datetime import UTC, datetime, timedelta

import pytest

from models import AccessRecord, TenantRequired

HOUR = timedelta(hours=1)


def test_reading_originals_is_recorded_with_key_and_request(tenant: str) -> None:
    now = datetime.now(UTC)

    AccessRecord.add(tenant, "key-1", "request-1", ["a", "b"])

    (record,) = AccessRecord.between(tenant, now - HOUR, now + HOUR)
    assert (record.tenant_id, record.key_id, record.request_id) == (tenant, "key-1", "request-1")
    assert record.log_ids == ["a", "b"]
    assert abs(datetime.fromisoformat(record.read_at) - now) < HOUR
    assert list(AccessRecord.between(tenant, now - HOUR, now - HOUR / 2)) == []
    assert list(AccessRecord.between(f"{tenant}-other", now - HOUR, now + HOUR)) == []


def test_a_full_page_with_the_longest_ids_is_recorded(tenant: str) -> None:
    now = datetime.now(UTC)
    log_ids = [f"{number:04}" + "\U0001f600" * 252 for number in range(1000)]

    AccessRecord.add(tenant, "key-1", "request-1", log_ids)

    records = list(AccessRecord.between(tenant, now - HOUR, now + HOUR))
    assert [log_id for record in records for log_id in record.log_ids] == log_ids


def test_an_access_record_can_not_be_changed(tenant: str) -> None:
    AccessRecord.add(tenant, "key-1", "request-1", ["a"])
    now = datetime.now(UTC)
    (record,) = AccessRecord.between(tenant, now - HOUR, now + HOUR)

    with pytest.raises(TypeError):
        record.update(actions=[])


def test_reads_without_a_tenant_raise() -> None:
    now = datetime.now(UTC)
    with pytest.raises(TenantRequired):
        AccessRecord.scan()
    with pytest.raises(TenantRequired):
        AccessRecord.count()
    with pytest.raises(TenantRequired):
        list(AccessRecord.between("", now - HOUR, now))
