"""A redacted log and the table it lives in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from pynamodb.attributes import BinaryAttribute, MapAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from models.connection import Connected, Table
from models.cursor import log_id_of, to_cursor
from models.errors import TenantRequired
from models.insert import insert_items
from models.keyring import data_keys
from models.verdict import Verdict
from originals import key_id_of
from settings import settings

ENCRYPTED = "encrypted"
DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one tenant, and where the next page begins: None on the last one."""

    records: list["LogRecord"]
    cursor: str | None


class LogRecord(Table):
    """One redacted log. Insert-only: what is stored is never overwritten.

    Every read names its tenant: `of` and `for_tenant` are the ways to read, `scan` raises.
    """

    class Meta(Connected):
        table_name = settings.logs_table

    tenant_id = UnicodeAttribute(hash_key=True)
    log_id = UnicodeAttribute(range_key=True)
    original_text = UnicodeAttribute()
    """As `original` says."""
    modified_text = UnicodeAttribute()
    processed_at = UnicodeAttribute()
    """ISO 8601 in UTC, such as 2026-01-31T12:00:00.000Z."""
    redactions: "MapAttribute[str, int]" = MapAttribute(null=True)  # type: ignore[no-untyped-call]  # missing in the stubs
    """How many values were replaced, by entity; absent from records that are older than it."""
    event_time = UnicodeAttribute(null=True)
    """When the sender says that it happened, as `processed_at`; absent when it said nothing."""
    original = UnicodeAttribute(null=True)
    """ENCRYPTED when `original_text` is that, DROPPED when it is the redacted text, absent when it is plain."""
    original_fingerprint = BinaryAttribute(legacy_encoding=False, null=True)
    """By what the original is recognized, as `fingerprint_of` makes it; absent from records that are older than it."""
    expires_at = TTLAttribute(null=True)
    """When DynamoDB may delete it; absent when it stays for ever. In the table epoch seconds."""

    @classmethod
    def of(cls, tenant_id: str, log_id: str) -> "LogRecord":
        """One record.

        Raises:
            LogRecord.DoesNotExist: this tenant has no such log, or it has expired.
            pynamodb.exceptions.GetError: DynamoDB did not answer.
        """
        record = cls.get(tenant_id, log_id, consistent_read=True)
        if record.has_expired:
            raise cls.DoesNotExist
        return record

    def open_original(self) -> str | None:
        """The log as it was accepted, or None when it was not stored.

        Raises:
            originals.KeysUnavailable: KMS or DynamoDB does not answer.
            originals.OriginalUnreadable: its key was deleted or is refused, or it was changed.
        """
        if not self.original:
            return self.original_text
        if self.original == DROPPED:
            return None
        return data_keys().to_open(self.tenant_id, key_id_of(self.original_text)).open(self.log_id, self.original_text)

    @property
    def has_expired(self) -> bool:
        """Whether it is as good as gone. DynamoDB deletes it within days, so every read leaves it out itself."""
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC)

    @classmethod
    def for_tenant(
        cls, tenant_id: str, *, newest_first: bool = False, page_size: int = 100, cursor: str | None = None
    ) -> Page:
        """A page of one tenant's records in the order of their log ids, which is time order for server-made ids.

        Args:
            tenant_id: whose records.
            newest_first: descending instead of ascending.
            page_size: records a page, 1 to 1,000; a page of long records may hold fewer (DynamoDB reads 1 MiB a call),
                and one with records that have expired.
            cursor: `Page.cursor` of the page before. It carries no tenant, so it can't reach another one's records.
        Raises:
            ValueError: `page_size` is out of range or `cursor` is not one of ours.
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        if not 1 <= page_size <= 1000:
            raise ValueError(f"page_size must be 1 to 1000, not {page_size}")
        start = None
        if cursor is not None:
            start = {"tenant_id": {"S": tenant_id}, "log_id": {"S": log_id_of(cursor)}}
        results = cls.query(
            tenant_id,
            scan_index_forward=not newest_first,
            limit=page_size,
            page_size=page_size,
            last_evaluated_key=start,
            consistent_read=True,
        )
        records = [record for record in results if not record.has_expired]
        last = results.last_evaluated_key
        return Page(records, to_cursor(last["log_id"]["S"]) if last else None)

    @classmethod
    def insert(
        cls, records: Sequence["LogRecord"], tell_unavailable: Callable[[str], None] = lambda _code: None
    ) -> list[Verdict]:
        """Store records that are not there yet, 25 a call.

        Args:
            records: of any tenants.
            tell_unavailable: called with the code of an error that may not come again, such as ThrottlingException.
        Returns:
            A verdict on each record, in their order.
        """
        connection = cls._get_connection().connection
        items = [record.serialize() for record in records]
        return insert_items(connection, cls.Meta.table_name, items, tell_unavailable)

    def save(self, condition: Condition | None = None, *, add_version_condition: bool = True) -> dict[str, Any]:
        """Store this record unless one with its key is there already.

        Raises:
            pynamodb.exceptions.PutError: one is there already, or DynamoDB did not answer.
        """
        absent = LogRecord.log_id.does_not_exist()
        return super().save(
            absent if condition is None else absent & condition, add_version_condition=add_version_condition
        )

    @classmethod
    def scan(cls, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused.

        Raises:
            TenantRequired: always.
        """
        raise TenantRequired("a scan reads every tenant's logs; use LogRecord.for_tenant(tenant_id)")

    @classmethod
    def count(cls, hash_key: Any = None, *args: Any, **kwargs: Any) -> int:
        """How many records a tenant has, also of those that have expired and are not deleted yet; reads them all.

        Raises:
            TenantRequired: no tenant was named.
        """
        if hash_key is None:
            raise TenantRequired("counting without a tenant reads every tenant's logs; use LogRecord.count(tenant_id)")
        return super().count(hash_key, *args, **kwargs)

    @classmethod
    def batch_write(cls, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused.

        Raises:
            TypeError: always.
        """
        raise TypeError("BatchWriteItem overwrites; use LogRecord.insert(records)")

    def update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused.

        Raises:
            TypeError: always.
        """
        raise TypeError("a stored log is never changed; insert another one")
