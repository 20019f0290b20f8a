"""Counts by tenant and minute, on the embedded engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import Counts, TenantActivity, TenantRequired
from settings import settings

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_counts_within_a_minute_add_up(tenant: str) -> None:
    TenantActivity.add(tenant, NOON, Counts(accepted=3, received_bytes=300))
    TenantActivity.add(
        tenant, NOON + MINUTE / 2, Counts(stored=2, failures=1, dropped=2, redactions={"EMAIL": 2, "PHONE": 1})
    )
    TenantActivity.add(tenant, NOON + MINUTE / 3, Counts(stored=1, dropped=1, redactions={"EMAIL": 5}))

    (row,) = TenantActivity.between(tenant, NOON, NOON + MINUTE)

    assert row.minute == "2026-01-31T12:00Z"
    assert row.counts == Counts(3, 300, 3, 1, 3, {"EMAIL": 7, "PHONE": 1})
    assert row.expires_at == NOON + MINUTE / 3 + timedelta(days=settings.activity_days)


def test_no_count_is_lost_when_many_threads_add_at_once(tenant: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: TenantActivity.add(tenant, NOON, Counts(stored=1, redactions={"IBAN": 2})), range(40)))

    (row,) = TenantActivity.between(tenant, NOON, NOON + MINUTE)
    assert row.counts == Counts(stored=40, redactions={"IBAN": 80})


def test_between_yields_the_minutes_that_a_range_touches(tenant: str) -> None:
    for number in range(5):
        TenantActivity.add(tenant, NOON + number * MINUTE, Counts(stored=number + 1))
    TenantActivity.add(f"{tenant}-other", NOON + MINUTE, Counts(stored=99))

    def stored(since: datetime, until: datetime) -> list[int]:
        return [row.counts.stored for row in TenantActivity.between(tenant, since, until)]

    assert stored(NOON, NOON + 5 * MINUTE) == [1, 2, 3, 4, 5]
    assert stored(NOON + 1.5 * MINUTE, NOON + 3.5 * MINUTE) == [2, 3, 4]
    assert stored(NOON + MINUTE, NOON + 3 * MINUTE) == [2, 3]
    assert stored(NOON.astimezone(ZoneInfo("Asia/Tokyo")), NOON + MINUTE) == [1]
    assert stored(NOON + MINUTE, NOON) == []


def test_reads_without_a_tenant_raise() -> None:
    with pytest.raises(TenantRequired):
        TenantActivity.scan()
    with pytest.raises(TenantRequired):
        TenantActivity.count()
    with pytest.raises(TenantRequired):
        list(TenantActivity.between("", NOON, NOON + MINUTE))
