"""A redacted log and the table it lives in."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from pynamodb.attributes import BinaryAttribute, MapAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition

from models.crypto.keyring import data_keys
from models.errors import TenantRequired
from models.logs.read.pages import Page, read_page
from models.logs.read.query import LogQuery, Moment
from models.logs.read.time_index import LogsByTime, shard_of, time_key_of
from models.logs.write import timeless_ids
from models.logs.write.insert import insert_items, write_units
from models.logs.write.tenant_pacing import paces
from models.logs.write.verdict import Verdict
from models.tables.connection import Connected, insert_connection
from models.tables.tenant_table import TenantTable
from models.times import says_its_time, time_of_log
from observability import get_error_code
from originals import key_id_of
from settings import settings

ENCRYPTED = "encrypted"
DROPPED = "dropped"
MAX_LIMIT = 1000
"""Records of a page."""


class LogRecord(TenantTable):
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
    """How many values were replaced, by entity; absent when none was."""
    event_time = UnicodeAttribute(null=True)
    """When the sender says that it happened, as `processed_at`; absent when it said nothing."""
    original = UnicodeAttribute(null=True)
    """ENCRYPTED when `original_text` is that, DROPPED when it is the redacted text, absent when it is plain."""
    original_fingerprint = BinaryAttribute(legacy_encoding=False, null=True)
    """By what the original is recognized, as `fingerprint_of` makes it; absent from records that are older than it."""
    expires_at = TTLAttribute(null=True)
    """When DynamoDB may delete it; absent when it stays for ever. In the table epoch seconds."""
    time_shard = UnicodeAttribute(null=True)
    """As `LogsByTime`; absent from records whose id says their time. Set when the record is stored, like `time_key`."""
    time_key = UnicodeAttribute(null=True)

    by_time = LogsByTime()

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
        cls,
        tenant_id: str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        contains_entity: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page:
        """A page of one tenant's records.

        With `since` or `until` they are in the order of their times. A UUIDv7 is its record's time, and all that Sluice
        makes are; a record under another id was at its `event_time`, or else its `processed_at`. Without a range they
        are in the order of their ids.

        A page costs one Query, of its records and one or two more, which have half a read unit for each 4 KB; with a
        range or a cursor also a GetItem of the tenant's policy. With a range it costs what `LogsByTime` says besides,
        for a tenant that ever had ids of its own making. With `contains_entity` it reads all there is in the range,
        1 MiB a call, until the page is full or there were some ten calls: a page may have few records or none, and
        there is more as long as it has a cursor.

        What was stored in the last second may be missing.

        Args:
            tenant_id: whose records.
            since: records of this time or later; a point in time with a zone, or how long ago it is.
            until: earlier ones; some minutes from now, for clocks that differ, when only `since` is given.
            newest_first: descending instead of ascending.
            contains_entity: those in which this entity was replaced, such as EMAIL.
            limit: records a page, 1 to 1,000; a page of long records, over half a MiB, has fewer.
            cursor: `Page.cursor` of the page before, of the same tenant and query. A range that was given as
                so long ago stays the one of the first page.
        Raises:
            TenantRequired: no tenant was named.
            CursorRefused: `cursor` is not one of this tenant and this query, which is a ValueError.
            TenantErased: it was, or is being, and that was noticed.
            ValueError: `limit` is out of range, or `since`, `until` or `contains_entity` can't be.
            pynamodb.exceptions.QueryError, pynamodb.exceptions.GetError: DynamoDB did not answer.
        """
        if not tenant_id:
            raise TenantRequired("logs are read for one tenant; name it")
        if not 1 <= limit <= MAX_LIMIT:
            raise ValueError(f"limit must be 1 to {MAX_LIMIT}, not {limit}")
        return read_page(cls, tenant_id, LogQuery(since, until, newest_first, contains_entity), limit, cursor)

    @classmethod
    def insert(
        cls, records: Sequence["LogRecord"], tell_unavailable: Callable[[str], None] = lambda _code: None
    ) -> list[Verdict]:
        """Store records that are not there yet, 25 a call, several calls at once.

        A tenant that DynamoDB throttles is written at the pace that its partition bears. What fails in passing is tried
        again for a few seconds.

        Args:
            records: of any tenants. Of several under one id the first is inserted, and the others are judged by what is
                stored then; one with the same original is REDELIVERED, even when the first has failed.
            tell_unavailable: called with the code of an error that may not come again, such as InternalServerError.
        Returns:
            A verdict on each record, in their order.
        Raises:
            TenantErased: the tenant of one was, or is being; none of them is stored.
        """
        try:
            timeless_ids.note({record.tenant_id for record in records if not says_its_time(record.log_id)})
        except PynamoDBException as error:
            tell_unavailable(get_error_code(error))
            return [Verdict.UNAVAILABLE] * len(records)
        items = [record.serialize() for record in records]
        return insert_items(insert_connection(), cls.Meta.table_name, items, tell_unavailable)

    @classmethod
    def seconds_until_turn(cls, records: Sequence["LogRecord"]) -> float:
        """How long records of one tenant that were THROTTLED shall wait, so that all that wait don't come at once."""
        return paces.seconds_until_turn(records[0].tenant_id, sum(write_units(it.serialize()) for it in records))

    def save(self, condition: Condition | None = None, *, add_version_condition: bool = True) -> dict[str, Any]:
        """Store this record unless one with its key is there already.

        Raises:
            pynamodb.exceptions.PutError: one is there already, or DynamoDB did not answer.
            pynamodb.exceptions.UpdateError: DynamoDB did not answer.
            TenantErased: the tenant was, or is being.
        """
        if not says_its_time(self.log_id):
            timeless_ids.note([self.tenant_id])
        absent = LogRecord.log_id.does_not_exist()
        return super().save(
            absent if condition is None else absent & condition, add_version_condition=add_version_condition
        )

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """The item, with its place in the index if its id does not say its time."""
        if not says_its_time(self.log_id):
            self.time_shard = shard_of(self.tenant_id, self.log_id)
            self.time_key = time_key_of(time_of_log(self.event_time, self.processed_at), self.log_id)
        return super().serialize(null_check)

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
