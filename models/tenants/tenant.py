"""Who sends logs, and how many."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError

from foundation.timestamps import get_timestamp
from models.errors import AlreadyThere, NotThere, TenantErased
from models.tables.connection import Awaited, KeyedTable, refused_by_condition
from models.tenants.tenant_policy import TenantPolicy
from settings import settings
from topology import MAX_RETENTION_SECONDS

REMEMBERED = timedelta(seconds=MAX_RETENTION_SECONDS)
"""For so long after its end a tenant that was erased is remembered at least: what it sent may be in a queue."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a tenant may send; None for what the settings say."""

    requests_per_second: int | None = None
    bytes_per_second: int | None = None
    records_per_second: int | None = None
    burst_seconds: int | None = None


_NONE = Limits()


class Tenant(KeyedTable):
    """A tenant. Its limits are those of one web process; what it has none of is taken from the settings."""

    class Meta(Awaited):
        table_name = settings.tenants_table

    tenant_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    created_at = UnicodeAttribute()
    """ISO 8601 in UTC."""
    suspended = BooleanAttribute()
    """Whether its logs are refused."""
    requests_per_second = NumberAttribute(null=True)
    bytes_per_second = NumberAttribute(null=True)
    records_per_second = NumberAttribute(null=True)
    burst_seconds = NumberAttribute(null=True)
    """The rates hold over this long, so that as much as that may come at once."""
    erasing_since = UnicodeAttribute(null=True)
    erased_at = UnicodeAttribute(null=True)
    """When its erasure was begun, and when the last one ended, ISO 8601 in UTC; absent from one that is to stay."""

    @property
    def state(self) -> str:
        """erased, being erased, suspended or active."""
        if self.erasing_since:
            return "erased" if self.erased_at else "being erased"
        return "suspended" if self.suspended else "active"

    @classmethod
    def add(cls, tenant_id: str, name: str, limits: Limits = _NONE) -> "Tenant":
        """Store a new tenant.

        Args:
            tenant_id: 1 to 64 of `A-Z a-z 0-9 . _ -`.
            name: for people.
            limits: its own ones.
        Raises:
            AlreadyThere: there is one with this id; it stays as it is.
            TenantErased: there was one, and what it sent may still be in a queue.
            pynamodb.exceptions.PynamoDBException: DynamoDB did not answer.
        """
        if (before := cls.of(tenant_id)) is not None:
            if not before.erasing_since:
                raise AlreadyThere(tenant_id)
            if not before.erased_at or before.erased_at > get_timestamp(-REMEMBERED):
                raise TenantErased(tenant_id)
            TenantPolicy.forget_erasure(tenant_id)
        tenant = cls(tenant_id, name=name, created_at=get_timestamp(), suspended=False, **asdict(limits))
        try:
            tenant.save(cls.tenant_id.does_not_exist() | (cls.erased_at <= get_timestamp(-REMEMBERED)))
        except PutError as error:
            if refused_by_condition(error):
                raise AlreadyThere(tenant_id) from None
            raise
        return tenant

    @classmethod
    def all(cls, page_size: int = 100) -> Iterator["Tenant"]:
        """Every tenant, in no order, `page_size` of them a call.

        Raises:
            pynamodb.exceptions.ScanError: DynamoDB did not answer.
        """
        yield from cls.scan(page_size=page_size)

    @classmethod
    def suspend(cls, tenant_id: str, suspended: bool) -> None:
        """Refuse a tenant's logs, or take them again; web processes know within `settings.key_cache_seconds`.

        Raises:
            NotThere: there is no such tenant.
            TenantErased: it was, or is being.
            pynamodb.exceptions.PynamoDBException: DynamoDB did not answer.
        """
        condition = cls.tenant_id.exists() & cls.erasing_since.does_not_exist()
        try:
            cls(tenant_id).update([cls.suspended.set(suspended)], condition=condition)
        except UpdateError as error:
            if refused_by_condition(error):
                raise (TenantErased if cls.of(tenant_id) else NotThere)(tenant_id) from None
            raise

    @classmethod
    def begin_erasure(cls, tenant_id: str) -> None:
        """Suspend it for good, and keep nothing of it but its id. It need not be there.

        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
        """
        limits = (cls.requests_per_second, cls.bytes_per_second, cls.records_per_second, cls.burst_seconds)
        cls(tenant_id).update(
            [
                cls.suspended.set(True),
                cls.name.set(""),
                cls.created_at.set(cls.created_at | get_timestamp()),
                cls.erasing_since.set(cls.erasing_since | get_timestamp()),
                cls.erased_at.remove(),
                *(limit.remove() for limit in limits),
            ]
        )

    @classmethod
    def end_erasure(cls, tenant_id: str) -> None:
        """Note that nothing of it is left.

        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
        """
        cls(tenant_id).update([cls.erased_at.set(get_timestamp())], condition=cls.erasing_since.exists())
