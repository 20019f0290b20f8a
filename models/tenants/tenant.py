"""Tenants and their limits."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError

from foundation.timestamps import get_timestamp
from models.errors import AlreadyExists, NotFound, TenantErased
from models.tables.base import KeyedTable
from models.tables.connection import RequestPathMeta, is_condition_failure
from models.tenants.tenant_policy import TenantPolicy
from settings import settings
from topology import MAX_RETENTION_SECONDS

ERASURE_REMEMBERED_FOR = timedelta(seconds=MAX_RETENTION_SECONDS)
"""How long the id of an erased tenant stays taken, since its logs may still be in a queue."""


@dataclass(frozen=True, slots=True)
class Limits:
    """A tenant's rate limits; None means the settings."""

    requests_per_second: int | None = None
    bytes_per_second: int | None = None
    records_per_second: int | None = None
    burst_seconds: int | None = None


_NO_LIMITS = Limits()


class Tenant(KeyedTable):
    """A tenant and its limits.

    The limits hold for each web process. The settings replace absent ones.
    """

    class Meta(RequestPathMeta):
        table_name = settings.tenants_table

    tenant_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    created_at = UnicodeAttribute()
    """ISO 8601 in UTC."""
    suspended = BooleanAttribute()
    """True while its logs are refused."""
    requests_per_second = NumberAttribute(null=True)
    bytes_per_second = NumberAttribute(null=True)
    records_per_second = NumberAttribute(null=True)
    burst_seconds = NumberAttribute(null=True)
    """Length of the window over which the rates hold; a burst may use up a whole window at once."""
    erasing_since = UnicodeAttribute(null=True)
    erased_at = UnicodeAttribute(null=True)
    """When the erasure began, and when the last one ended, ISO 8601 in UTC; absent if there was none."""

    @property
    def state(self) -> str:
        """One of erased, being erased, suspended and active."""
        if self.erasing_since:
            return "erased" if self.erased_at else "being erased"
        return "suspended" if self.suspended else "active"

    @classmethod
    def add(cls, tenant_id: str, name: str, limits: Limits = _NO_LIMITS) -> "Tenant":
        """Store a new tenant.

        Args:
            tenant_id: 1 to 64 of `A-Z a-z 0-9 . _ -`.
            name: a name for people.
            limits: the tenant's own limits.
        Raises:
            AlreadyExists: a tenant has this id; it stays unchanged.
            TenantErased: an erased tenant had this id, and its logs may still be in a queue.
            pynamodb.exceptions.PynamoDBException: DynamoDB did not answer.
        """
        if (before := cls.get_or_none(tenant_id)) is not None:
            if not before.erasing_since:
                raise AlreadyExists(tenant_id)
            if not before.erased_at or before.erased_at > get_timestamp(-ERASURE_REMEMBERED_FOR):
                raise TenantErased(tenant_id)
            TenantPolicy.forget_erasure(tenant_id)
        tenant = cls(tenant_id, name=name, created_at=get_timestamp(), suspended=False, **asdict(limits))
        try:
            tenant.save(cls.tenant_id.does_not_exist() | (cls.erased_at <= get_timestamp(-ERASURE_REMEMBERED_FOR)))
        except PutError as error:
            if is_condition_failure(error):
                raise AlreadyExists(tenant_id) from None
            raise
        return tenant

    @classmethod
    def iter_all(cls, page_size: int = 100) -> Iterator["Tenant"]:
        """Yield every tenant, in no order, `page_size` of them a call.

        Raises:
            pynamodb.exceptions.ScanError: DynamoDB did not answer.
        """
        yield from cls.scan(page_size=page_size)

    @classmethod
    def set_suspended(cls, tenant_id: str, suspended: bool) -> None:
        """Suspend a tenant, so that its logs are refused, or end that.

        Web processes notice within `settings.key_cache_seconds`.

        Raises:
            NotFound: there is no such tenant.
            TenantErased: the tenant was erased, or is being erased.
            pynamodb.exceptions.PynamoDBException: DynamoDB did not answer.
        """
        condition = cls.tenant_id.exists() & cls.erasing_since.does_not_exist()
        try:
            cls(tenant_id).update([cls.suspended.set(suspended)], condition=condition)
        except UpdateError as error:
            if is_condition_failure(error):
                raise (TenantErased if cls.get_or_none(tenant_id) else NotFound)(tenant_id) from None
            raise

    @classmethod
    def begin_erasure(cls, tenant_id: str) -> None:
        """Suspend a tenant for good, and keep nothing but its id.

        The tenant need not exist.

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
        """Record that the tenant's rows are deleted.

        Raises:
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
        """
        cls(tenant_id).update([cls.erased_at.set(get_timestamp())], condition=cls.erasing_since.exists())
