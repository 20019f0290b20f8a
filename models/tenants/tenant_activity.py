"""What was done for each tenant, minute by minute."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path

from foundation.timestamps import format_timestamp
from models.errors import TenantRequired
from models.tables.connection import Awaited
from models.tables.tenant_table import TenantTable
from settings import settings

_REDACTED = "redacted_"
_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Counts:
    """Of logs.

    Attributes:
        accepted: that reached a worker.
        received_bytes: of their texts, in UTF-8.
        stored: that are in the table.
        failures: that went to the failure queue.
        dropped: that the policy of their tenant drops, so that they are neither stored nor failures.
        redactions: how many values were replaced in those that were stored, by entity.
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
    """A tenant's counts of a minute, that of when it was counted.

    They are for people to see what goes on, not to bill by. The tasks add to them once a batch at most, and wait for
    nothing: what DynamoDB doesn't take at once is missing, and so is what a worker had not yet written when it was
    killed. A redelivery, or a redrive from the failure queue, counts `accepted`, `received_bytes`, `dropped` and
    `failures` once more; `stored` and `redactions` count what an insert wrote, which for a log is once.

    A row goes after `settings.activity_days`.
    """

    class Meta(Awaited):
        table_name = settings.activity_table

    tenant_id = UnicodeAttribute(hash_key=True)
    minute = UnicodeAttribute(range_key=True)
    """ISO 8601 in UTC, such as 2026-01-31T12:00Z."""
    accepted = NumberAttribute(null=True)
    received_bytes = NumberAttribute(null=True)
    stored = NumberAttribute(null=True)
    failures = NumberAttribute(null=True)
    # A row of a version without this attribute counts as 0.
    dropped = NumberAttribute(null=True)
    # The redactions of an entity are in an attribute of their own, because ADD does not reach into a map.
    expires_at = TTLAttribute(null=True)
    _redactions: Mapping[str, int] = _NOTHING

    @classmethod
    def add(cls, tenant_id: str, moment: datetime, counts: Counts) -> None:
        """Add to a tenant's counts of a minute, in one UpdateItem.

        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB did not answer; it may have added them.
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
        """A tenant's minutes in which anything was counted, from that of `since` to that before `until`, in order.

        A Query for each MiB of them, which is some 5,000.

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
        """A row, with its redactions."""
        row = super().from_raw_data(data)
        row._redactions = {
            name.removeprefix(_REDACTED): int(value["N"]) for name, value in data.items() if name.startswith(_REDACTED)
        }
        return row

    @property
    def counts(self) -> Counts:
        """What was counted."""
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
