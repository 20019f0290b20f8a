"""Pages of a tenant's records, ordered by id or by time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pynamodb.expressions.operand import Path

from models.crypto.tenant_keys import derive_key
from models.errors import CursorRefused, TenantErased
from models.logs.read.cursor import load_cursor, sign_cursor
from models.logs.read.partition_scan import (
    BY_ID,
    BY_INDEX,
    BY_TIME,
    ENOUGH_BYTES,
    KeyOrder,
    MergedHits,
    PartitionScan,
    Position,
    ScanOptions,
    merge_scans,
)
from models.logs.read.query import LogQuery, TimeRange
from models.logs.read.time_index import SHARDS, LogsByTime, build_time_key
from models.tables.base import TenantTable
from models.tenants.tenant_policy import TenantPolicy
from models.times import build_lower_bound_key

BATCH_GET_RECORDS = 25
"""Records fetched together that the index found.

A call may name 100, but records may have 400 KB each, and a call returns at most 16 MB.
"""

Record = TypeVar("Record", bound=TenantTable)
"""The model of the records, which is `LogRecord`; a parameter, so that this module does not import it."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Record]):
    """Records of one tenant, and the cursor of the next page.

    The cursor is None on the last page.
    """

    records: list[Record]
    cursor: str | None


def read_page(model: type[Record], tenant_id: str, query: LogQuery, limit: int, cursor: str | None) -> Page[Record]:
    """Read a page as `LogRecord.for_tenant` describes it."""
    query_identity = [tenant_id, *query.identity]
    # The policy is never from a cache: a reader must see the mark of custom ids as soon as the first such record is
    # stored, and an erasure as soon as it has begun.
    if cursor is None:
        time_range, after = query.get_time_range(), None
        policy = TenantPolicy.get_or_none(tenant_id) if time_range else None
    else:
        policy = TenantPolicy.get_or_none(tenant_id)
        time_range, after = _open_cursor(policy, query_identity, cursor)
    if policy is not None and policy.erased_since:
        raise TenantErased(tenant_id)
    condition = Path(["redactions", query.contains_entity]).exists() if query.contains_entity else None
    options = ScanOptions(model.get_connection(), query.newest_first, after, condition)
    scans = list(_plan_scans(options, tenant_id, time_range, limit, bool(policy and policy.custom_ids)))
    records, end = _fetch_records(model, tenant_id, merge_scans(scans, limit, query.newest_first))
    if end is None:
        return Page(records, None)
    cursor_key = derive_key(policy.secret if policy else TenantPolicy.get_secret(tenant_id), "cursor")
    return Page(records, sign_cursor(cursor_key, query_identity, [*(time_range or ()), *end]))


def _open_cursor(
    policy: TenantPolicy | None, query_identity: list[object], cursor: str
) -> tuple[TimeRange | None, Position]:
    """Return the first page's range, and the last page's end."""
    if policy is None or policy.secret is None:  # no cursor was ever made, or an erasure has ended all of them
        raise CursorRefused
    *bounds, time, log_id = load_cursor(derive_key(policy.secret, "cursor"), query_identity, cursor)
    return TimeRange(*bounds) if bounds else None, Position(time, log_id)


def _plan_scans(
    options: ScanOptions, tenant_id: str, time_range: TimeRange | None, limit: int, custom_ids: bool
) -> Iterator[PartitionScan]:
    def scan(order: KeyOrder, hash_key: str, lower: str | None, upper: str | None, records: int) -> PartitionScan:
        # With a condition most records are read for nothing, so each call reads as much as it can.
        return PartitionScan(options, order, hash_key, lower, upper, records if options.condition is None else None)

    # One record more shows whether there is a next page; another one may be the last of the page before.
    if time_range is None:
        yield scan(BY_ID, tenant_id, None, None, limit + 2)
        return
    since, until = time_range
    yield scan(BY_TIME, tenant_id, build_lower_bound_key(since), build_lower_bound_key(until), limit + 2)
    if custom_ids:
        for shard in LogsByTime.get_leading_keys(tenant_id):
            # Twice the shard's share, which most often is enough.
            yield scan(BY_INDEX, shard, build_time_key(since), build_time_key(until), 2 * limit // SHARDS + 2)


def _fetch_records(model: type[Record], tenant_id: str, merged: MergedHits) -> tuple[list[Record], Position | None]:
    """Return the records of a page, and its end.

    The page ends early if its records turn out long.

    Raises:
        pynamodb.exceptions.GetError: DynamoDB did not answer.
    """
    records: list[Record] = []
    size = 0
    for begin in range(0, len(merged.hits), BATCH_GET_RECORDS):
        hits = merged.hits[begin : begin + BATCH_GET_RECORDS]
        log_keys = [(tenant_id, hit.position.log_id) for hit in hits if hit.in_index]
        fetched: dict[str, Record] = {}
        for record in model.batch_get(log_keys, consistent_read=True) if log_keys else ():
            fetched[record.attribute_values["log_id"]] = record
            size += 2 * len(record.attribute_values["modified_text"])
        for hit in hits:
            # A record that the index still lists may have been deleted meanwhile.
            found = fetched.get(hit.position.log_id) if hit.in_index else model.from_raw_data(hit.item)
            records += [found] if found else []
        if size >= ENOUGH_BYTES and begin + len(hits) < len(merged.hits):
            return records, hits[-1].position
    return records, merged.end
