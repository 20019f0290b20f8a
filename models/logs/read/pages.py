"""Pages of a tenant's records: of the table in the order of the ids, or of table and index in time order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.operand import Path

from models.crypto.tenant_keys import derived_key
from models.errors import CursorRefused, TenantErased
from models.logs.read.cursor import place_of, to_cursor
from models.logs.read.merged_runs import ENOUGH_BYTES, FoundPage, find_page
from models.logs.read.partition_scan import BY_ID, BY_INDEX, BY_TIME, KeyRun, Keys, Place, Reading
from models.logs.read.query import LogQuery, Span
from models.logs.read.time_index import SHARDS, LogsByTime, time_key_of
from models.tenants.tenant_policy import TenantPolicy
from models.times import first_key_of

if TYPE_CHECKING:
    from models.logs.log_record import LogRecord

FETCHED_TOGETHER = 25
"""Records that the index found, in a call: as they may have 400 KB, not as many as it takes."""


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one tenant, and where the next page begins: None on the last one."""

    records: list["LogRecord"]
    cursor: str | None


def read_page(model: type["LogRecord"], tenant_id: str, query: LogQuery, limit: int, cursor: str | None) -> Page:
    """As `LogRecord.for_tenant`."""
    asked = [tenant_id, *query.asked]
    # The policy is never from a cache: of timeless ids it must say now what it said when the last of them was stored.
    if cursor is None:
        span, after = query.span(), None
        policy = TenantPolicy.of(tenant_id) if span else None
    else:
        policy = TenantPolicy.of(tenant_id)
        span, after = _opened(policy, asked, cursor)
    if policy is not None and policy.erased_since:
        raise TenantErased(tenant_id)
    condition = Path(["redactions", query.contains_entity]).exists() if query.contains_entity else None
    reading = Reading(model.connection(), query.newest_first, after, condition)
    runs = list(_runs(reading, tenant_id, span, limit, bool(policy and policy.timeless_ids)))
    page = find_page(runs, limit, query.newest_first)
    records, end = _completed(model, tenant_id, page)
    if end is None:
        return Page(records, None)
    key = derived_key(policy.secret if policy else TenantPolicy.secret_of(tenant_id), "cursor")
    return Page(records, to_cursor(key, asked, [*(span or ()), *end]))


def _opened(policy: TenantPolicy | None, asked: list[Any], cursor: str) -> tuple[Span | None, Place]:
    """The range of the first page, and where the one before ended."""
    if policy is None or policy.secret is None:  # so no cursor was ever made, or none is good any more
        raise CursorRefused
    *bounds, moment, log_id = place_of(derived_key(policy.secret, "cursor"), asked, cursor)
    return Span(*bounds) if bounds else None, Place(moment, log_id)


def _runs(reading: Reading, tenant_id: str, span: Span | None, limit: int, timeless_ids: bool) -> Iterator[KeyRun]:
    def run(keys: Keys, hash_key: str, lower: str | None, upper: str | None, count: int) -> KeyRun:
        return KeyRun(reading, keys, hash_key, lower, upper, count if reading.condition is None else None)

    # One more than asked for, to know whether there is a next page; and another one, that of the page before.
    if span is None:
        yield run(BY_ID, tenant_id, None, None, limit + 2)
        return
    yield run(BY_TIME, tenant_id, first_key_of(span.since), first_key_of(span.until), limit + 2)
    if timeless_ids:
        for shard in LogsByTime.leading_keys(tenant_id):
            # Twice its share: most often that is enough.
            yield run(BY_INDEX, shard, time_key_of(span.since), time_key_of(span.until), 2 * limit // SHARDS + 2)


def _completed(model: type["LogRecord"], tenant_id: str, page: FoundPage) -> tuple[list["LogRecord"], Place | None]:
    """The records of a page, and its end, which is earlier if they turn out to be long.

    Raises:
        pynamodb.exceptions.GetError: DynamoDB did not answer.
    """
    records: list[LogRecord] = []
    size = 0
    for begin in range(0, len(page.found), FETCHED_TOGETHER):
        some = page.found[begin : begin + FETCHED_TOGETHER]
        keys = [(tenant_id, found.place.log_id) for found in some if found.in_index]
        fetched = {record.log_id: record for record in model.batch_get(keys, consistent_read=True)} if keys else {}
        size += sum(2 * len(record.modified_text) for record in fetched.values())
        for found in some:
            # One that is not there any more was deleted meanwhile.
            record = fetched.get(found.place.log_id) if found.in_index else model.from_raw_data(found.item)
            records += [record] if record else []
        if size >= ENOUGH_BYTES and begin + len(some) < len(page.found):
            return records, some[-1].place
    return records, page.end
