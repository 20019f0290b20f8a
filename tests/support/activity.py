"""The activity that a test caused."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from models import Counts, TenantActivity

HOUR = timedelta(hours=1)


def count_activity(tenant: str) -> Counts:
    """Add up the counts of a tenant's minutes of the last hour."""
    now = datetime.now(UTC)
    return add_up(row.counts for row in TenantActivity.between(tenant, now - HOUR, now + HOUR))


def add_up(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())
