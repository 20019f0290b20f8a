"""Who sends logs, and how many."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError

from models.connection import Awaited, KeyedTable, refused_by_condition
from models.errors import AlreadyThere, NotThere
from models.timestamps import timestamp
from settings import settings


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

    @classmethod
    def add(cls, tenant_id: str, name: str, limits: Limits = _NONE) -> "Tenant":
        """Store a new tenant.

        Args:
            tenant_id: 1 to 64 of `A-Z a-z 0-9 . _ -`.
            name: for people.
            limits: its own ones.
        Raises:
            AlreadyThere: there is one with this id; it stays as it is.
            pynamodb.exceptions.PutError: DynamoDB did not answer.
        """
        tenant = cls(tenant_id, name=name, created_at=timestamp(), suspended=False, **asdict(limits))
        try:
            tenant.save(cls.tenant_id.does_not_exist())
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
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
        """
        try:
            cls(tenant_id).update([cls.suspended.set(suspended)], condition=cls.tenant_id.exists())
        except UpdateError as error:
            if refused_by_condition(error):
                raise NotThere(tenant_id) from None
            raise
