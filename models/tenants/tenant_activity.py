"""Counts of each tenant's logs by minute."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path

from foundation.timestamps import format_timestamp
from models.errors import TenantRequired
from models.tables.base import TenantTable
from models.tables.connection import RequestPathMeta
from settings import settings

_REDACTED = "redacted_"
_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of logs.

    Attributes:
        accepted: logs that reached a worker.
        received_bytes: size of their texts in UTF-8.
        stored: logs that are in the table.
        failures: logs that went to the failure queue.
        dropped: logs that the tenant's policy drops, so that they are neither stored nor failures.
        redactions: values that were replaced in stored logs, by entity.
    """

    accepted: int = 0
    received_bytes: int = 0
    stored: int = 0
    failures: int = 0
    dropped: int = 0
    redactions: Mapping[str, int] = field(default_factory=lambda: _NOTHING)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.accepted + other.accepted,
            self.received_bytes + other.received_bytes,
            self.stored + other.stored,
            self.failures + other.failures,
            self.dropped + other.dropped,
            Counter(self.redactions) + Counter(other.redactions),
        )


class TenantActivity(TenantTable):
    """A tenant's counts of one minute, by the time of counting.

    They show people what goes on, and are not exact enough for bills. Tasks add to them at most once a batch, and do
    not retry: counts are missing if DynamoDB does not accept them at once, or if a worker is killed before it wrote
    them. A redelivery, or a redrive from the failure queue, counts `accepted`, `received_bytes`, `dropped` and
    `failures` once more. `stored` and `redactions` count inserts, of which there is one for each log.

    A row expires after `settings.activity_days`.
    """

    class Meta(RequestPathMeta):
        table_name = settings.activity_table

    tenant_id = UnicodeAttribute(hash_key=True)
    minute = UnicodeAttribute(range_key=True)
    """ISO 8601 in UTC, such as 2026-01-31T12:00Z."""
    accepted = NumberAttribute(null=True)
    received_bytes = NumberAttribute(null=True)
    stored = NumberAttribute(null=True)
    failures = NumberAttribute(null=True)
    # Absent from rows of versions without it, which counts as 0.
    dropped = NumberAttribute(null=True)
    # Not declared: `redacted_<ENTITY>`, one attribute for each entity, because ADD can't change a value inside a map.
    expires_at = TTLAttribute(null=True)
    _redactions: Mapping[str, int] = _NOTHING

    @classmethod
    def add(cls, tenant_id: str, moment: datetime, counts: Counts) -> None:
        """Add to a tenant's counts of a minute, in one UpdateItem.

        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB did not answer; it may have added the counts.
        """
        numbers = [
            (Path(cls.accepted), counts.accepted),
            (Path(cls.received_bytes), counts.received_bytes),
            (Path(cls.stored), counts.stored),
            (Path(cls.failures), counts.failures),
            (Path(cls.dropped), counts.dropped),
            *((Path([_REDACTED + entity]), number) for entity, number in counts.redactions.items()),
        ]
        adding = [path.add(number) for path, number in numbers if number]
        expiry = cls.expires_at.set(moment + timedelta(days=settings.activity_days))
        cls(tenant_id, _minute(moment)).update([*adding, expiry])

    @classmethod
    def between(cls, tenant_id: str, since: datetime, until: datetime) -> Iterator["TenantActivity"]:
        """Yield a tenant's counted minutes from `since` to `until`, in order.

        `since` is included, `until` is not. Costs a Query for each MiB, which is some 5,000 minutes.

        Raises:
            TenantRequired: no tenant was named.
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        if not tenant_id:
            raise TenantRequired("activity is read for one tenant; name it")
        begin, end = _minute(since), _minute(until - timedelta(microseconds=1))
        if begin <= end:
            yield from cls.query(tenant_id, cls.minute.between(begin, end))

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Build a row from an item, with its redactions.

        pynamodb ignores attributes that the model does not declare, so they are taken from the item here.
        """
        row = super().from_raw_data(data)
        row._redactions = {
            name.removeprefix(_REDACTED): int(value["N"]) for name, value in data.items() if name.startswith(_REDACTED)
        }
        return row

    @property
    def counts(self) -> Counts:
        """The counts of the minute."""
        return Counts(
            int(self.accepted or 0),
            int(self.received_bytes or 0),
            int(self.stored or 0),
            int(self.failures or 0),
            int(self.dropped or 0),
            self._redactions,
        )


def _minute(moment: datetime) -> str:
    return format_timestamp(moment, "minutes")
