"""The redacted log and its table."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from pynamodb.attributes import BinaryAttribute, MapAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition

from models.crypto.keyring import get_keyring
from models.errors import TenantRequired
from models.logs.read.pages import Page, read_page
from models.logs.read.query import LogQuery, Moment
from models.logs.read.time_index import LogsByTime, build_time_key, get_time_shard
from models.logs.write import custom_ids
from models.logs.write.insert import estimate_write_units, insert_items
from models.logs.write.tenant_pacing import tenant_pacer
from models.logs.write.verdict import Verdict
from models.tables.base import TenantTable
from models.tables.connection import TableMeta, get_insert_connection
from models.times import get_log_time, is_uuid7
from observability import get_error_code
from originals import parse_data_key_id
from settings import settings

ENCRYPTED = "encrypted"
DROPPED = "dropped"
MAX_LIMIT = 1000
"""Most records of a page."""


class LogRecord(TenantTable):
    """One redacted log. Insert-only: a stored record is never overwritten.

    Every read names its tenant: `of` and `for_tenant` are the ways to read, `scan` raises.
    """

    class Meta(TableMeta):
        table_name = settings.logs_table

    tenant_id = UnicodeAttribute(hash_key=True)
    log_id = UnicodeAttribute(range_key=True)
    original_text = UnicodeAttribute()
    """In the form that `original` names."""
    modified_text = UnicodeAttribute()
    processed_at = UnicodeAttribute()
    """ISO 8601 in UTC, such as 2026-01-31T12:00:00.000Z."""
    redactions: "MapAttribute[str, int]" = MapAttribute(null=True)  # type: ignore[no-untyped-call]  # missing in the stubs
    """Number of replaced values by entity; absent when nothing was replaced."""
    event_time = UnicodeAttribute(null=True)
    """Time of the event by the sender, in the format of `processed_at`; absent when it gave none."""
    original = UnicodeAttribute(null=True)
    """ENCRYPTED or DROPPED (then `original_text` is the redacted text); absent when `original_text` is plain."""
    original_fingerprint = BinaryAttribute(legacy_encoding=False, null=True)
    """Made by `compute_fingerprint`, to recognize the original; absent from records that are older than it."""
    expires_at = TTLAttribute(null=True)
    """When DynamoDB may delete the record, in epoch seconds in the table; absent when it never expires."""
    time_shard = UnicodeAttribute(null=True)
    """Hash key of the entry in `by_time`, set by `serialize`; absent when `log_id` is a UUIDv7."""
    time_key = UnicodeAttribute(null=True)
    """Range key of that entry."""

    by_time = LogsByTime()

    @classmethod
    def of(cls, tenant_id: str, log_id: str) -> "LogRecord":
        """Return one record.

        Raises:
            LogRecord.DoesNotExist: this tenant has no such log, or it has expired.
            pynamodb.exceptions.GetError: DynamoDB did not answer.
        """
        record = cls.get(tenant_id, log_id, consistent_read=True)
        if record.has_expired:
            raise cls.DoesNotExist
        return record

    def open_original(self) -> str | None:
        """Return the text as it was accepted; None if it was dropped.

        Raises:
            originals.KeysUnavailable: KMS or DynamoDB does not answer.
            originals.OriginalUnreadable: its data key was deleted or is refused, or the text was changed.
        """
        if not self.original:
            return self.original_text
        if self.original == DROPPED:
            return None
        data_key_id = parse_data_key_id(self.original_text)
        return get_keyring().get_opening_cipher(self.tenant_id, data_key_id).open(self.log_id, self.original_text)

    @property
    def has_expired(self) -> bool:
        """True once the record has expired.

        DynamoDB takes days to delete it, so every read leaves expired records out.
        """
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC)

    @classmethod
    def for_tenant(
        cls,
        tenant_id: str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        contains_entity: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page["LogRecord"]:
        """Return a page of one tenant's records.

        With `since` or `until` they are in the order of their times: of the UUIDv7 in `log_id` (Sluice makes no other
        ids), or with a custom id of `event_time`, or else `processed_at`. Without a range they are in the order of
        their ids.

        A page costs one Query of its records and one or two more, at half a read unit for each 4 KB. With a range or a
        cursor it costs a GetItem of the tenant's policy as well. With a range it also costs what `LogsByTime` states,
        if the tenant ever had custom ids. With `contains_entity` it reads the whole range, 1 MiB a call, until the page
        is full or some ten calls were made: such a page may have few records or none, and there are more as long as it
        has a cursor.

        Records stored in the last second may be missing.

        Args:
            tenant_id: whose records.
            since: records of this time or later; a point in time with a zone, or how long ago it is.
            until: records before this time; some minutes from now, for clocks that differ, when only `since` is given.
            newest_first: descending instead of ascending.
            contains_entity: only records in which this entity was replaced, such as EMAIL.
            limit: records a page, 1 to 1,000; a page of long records, over half a MiB, has fewer.
            cursor: `Page.cursor` of the page before, of the same tenant and query. A range given as so long ago stays
                the one of the first page.
        Raises:
            TenantRequired: no tenant was named.
            CursorRefused: `cursor` belongs to another tenant or query, or is not a cursor; this is a ValueError.
            TenantErased: the tenant was erased, or is being erased, and this read noticed.
            ValueError: `limit` is out of range, or `since`, `until` or `contains_entity` is invalid.
            pynamodb.exceptions.QueryError, pynamodb.exceptions.GetError: DynamoDB did not answer.
        """
        if not tenant_id:
            raise TenantRequired("logs are read for one tenant; name it")
        if not 1 <= limit <= MAX_LIMIT:
            raise ValueError(f"limit must be 1 to {MAX_LIMIT}, not {limit}")
        return read_page(cls, tenant_id, LogQuery(since, until, newest_first, contains_entity), limit, cursor)

    @classmethod
    def insert(
        cls, records: Sequence["LogRecord"], report_unavailable: Callable[[str], None] = lambda _code: None
    ) -> list[Verdict]:
        """Insert the records that the table does not have yet.

        25 records a call, several calls at once. A throttled tenant is written at the rate that its partition bears.
        Failures that may pass are retried for a few seconds.

        Args:
            records: of any tenants. Of several under one id the first is inserted, and the others are judged by its
                verdict; one with the same original is REDELIVERED once the first is settled, even if it failed for
                good.
            report_unavailable: called with the code of an error that may pass, such as InternalServerError.
        Returns:
            A verdict on each record, in their order.
        Raises:
            TenantErased: the tenant of a record was erased, or is being erased; no record is stored.
        """
        try:
            custom_ids.mark_tenants({record.tenant_id for record in records if not is_uuid7(record.log_id)})
        except PynamoDBException as error:
            report_unavailable(get_error_code(error))
            return [Verdict.UNAVAILABLE] * len(records)
        items = [record.serialize() for record in records]
        return insert_items(get_insert_connection(), cls.Meta.table_name, items, report_unavailable)

    @classmethod
    def book_retry(cls, records: Sequence["LogRecord"]) -> float:
        """Book the retry of one tenant's records that were THROTTLED.

        Returns:
            Its delay in seconds, spread so that waiting batches do not return together.
        """
        units = sum(estimate_write_units(record.serialize()) for record in records)
        return tenant_pacer.book_retry(records[0].tenant_id, units)

    # pynamodb's public methods that write are overridden below, since each of them could overwrite a record.

    def save(self, condition: Condition | None = None, *, add_version_condition: bool = True) -> dict[str, Any]:
        """Insert this record unless the table has one with its key.

        Raises:
            pynamodb.exceptions.PutError: the table has one already, or DynamoDB did not answer.
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
            TenantErased: the tenant was erased, or is being erased.
        """
        if not is_uuid7(self.log_id):
            custom_ids.mark_tenants([self.tenant_id])
        absent = LogRecord.log_id.does_not_exist()
        return super().save(
            absent if condition is None else absent & condition, add_version_condition=add_version_condition
        )

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """Serialize the record; one with a custom id gets an index entry.

        pynamodb calls this for each write, so no record is stored without its keys in `by_time`.
        """
        if not is_uuid7(self.log_id):
            self.time_shard = get_time_shard(self.tenant_id, self.log_id)
            self.time_key = build_time_key(get_log_time(self.event_time, self.processed_at), self.log_id)
        return super().serialize(null_check)

    @classmethod
    def batch_write(cls, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: BatchWriteItem overwrites.

        Raises:
            TypeError: always.
        """
        raise TypeError("BatchWriteItem overwrites; use LogRecord.insert(records)")

    def update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: a stored record never changes.

        Raises:
            TypeError: always.
        """
        raise TypeError("a stored log is never changed; insert another one")
