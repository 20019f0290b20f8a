"""Ordered scans of partitions, of table or index, and their merge."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from pynamodb.connection.table import TableConnection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from models.logs.read.time_index import LogsByTime, build_time_key, parse_time_key
from models.times import build_lower_bound_key, get_uuid7_time, is_uuid7

Item = dict[str, dict[str, Any]]

ENOUGH_BYTES = 1 << 19
"""A page of this size is not filled further. A call reads at most 1 MiB."""
EXTRA_CALLS = 10
"""Calls that a page may take besides one for each scan, however few records match."""


class Position(NamedTuple):
    """A record's position among the others: its time and its id.

    The time is in microseconds since 1970, or 0 where records are ordered by id.
    """

    time: int
    log_id: str


class Hit(NamedTuple):
    """A record that a scan found, or its entry in the index."""

    position: Position
    item: Item
    in_index: bool


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """The order of a partition's range keys.

    Attributes:
        attribute: name of the range key.
        index: name of the index; None for the table.
        get_time: returns the time in a key.
        build_key: builds a key that separates the records before a position from those after it. The record in the
            position itself may have that key.
        includes: returns whether a record with this id belongs to the scan.
    """

    attribute: str
    index: str | None
    get_time: Callable[[str], int]
    build_key: Callable[[Position], str]
    includes: Callable[[str], bool]

    def get_position(self, item: Item) -> Position:
        """Return the position of an item, or of its keys alone."""
        return Position(self.get_time(item[self.attribute]["S"]), item["log_id"]["S"])


def _build_table_key(position: Position) -> str:
    first = build_lower_bound_key(position.time)
    if position.time % 1000:  # between two milliseconds, so between the UUIDv7s of one and of the other
        return first
    return min(max(position.log_id, first), build_lower_bound_key(position.time + 1))


BY_ID = KeyOrder("log_id", None, lambda _log_id: 0, lambda position: position.log_id, lambda _log_id: True)
"""All records of the table, by id."""
BY_TIME = KeyOrder("log_id", None, get_uuid7_time, _build_table_key, is_uuid7)
"""Records of the table whose id is a UUIDv7. Custom ids may sort among them, and are left to the index."""
BY_INDEX = KeyOrder(
    "time_key",
    LogsByTime.Meta.index_name,
    parse_time_key,
    lambda position: build_time_key(*position),
    lambda _log_id: True,
)
"""Entries in a shard of the index."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """Options that all scans of a page share.

    Attributes:
        after: where the page before ended; None for the first page.
        condition: a further condition on each record.
    """

    connection: TableConnection
    newest_first: bool
    after: Position | None
    condition: Condition | None


@dataclass(slots=True)
class PartitionScan:
    """A scan of the records in a partition between two keys.

    Attributes:
        hash_key: the partition's key.
        limit: records to look at in the first call, ten times as many in each further one; None for 1 MiB of them.
        hits: records that were read and not taken yet, in order.
        reached: position up to which all was read; None before the first call.
        is_finished: nothing is left to read.
    """

    options: ScanOptions
    order: KeyOrder
    hash_key: str
    lower: str | None
    upper: str | None
    limit: int | None
    hits: deque[Hit] = field(default_factory=deque)
    reached: Position | None = None
    is_finished: bool = False
    _resume_key: Item | None = None

    def __post_init__(self) -> None:
        if self.options.after is not None:
            bound = self.order.build_key(self.options.after)
            if self.options.newest_first:
                self.upper = bound
            else:
                self.lower = bound
        # DynamoDB refuses a BETWEEN whose bounds are in the wrong order.
        self.is_finished = self.lower is not None and self.upper is not None and self.lower > self.upper

    @property
    def next_position(self) -> Position | None:
        """A position at or before the next record.

        None before the first call, when no position is known.
        """
        return self.hits[0].position if self.hits else self.reached

    def read_next(self) -> None:
        """Read on, with one Query call.

        Raises:
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        # The connection's raw query, which is one call. Model.query would call again while its iterator goes on, and
        # build a model of every item, also of those that the scan leaves out.
        answer = self.options.connection.query(
            self.hash_key,
            range_key_condition=self._build_condition(),
            filter_condition=self.options.condition,
            exclusive_start_key=self._resume_key,
            index_name=self.order.index,
            limit=self.limit,
            scan_index_forward=not self.options.newest_first,
        )
        self.limit = self.limit and 10 * self.limit
        now = time.time()
        for item in answer["Items"]:
            position = self.order.get_position(item)
            if self._is_after(position) and self.order.includes(position.log_id) and not _is_expired(item, now):
                self.hits.append(Hit(position, item, self.order.index is not None))
        self._resume_key = answer.get("LastEvaluatedKey")
        if self._resume_key is None:
            self.is_finished = True
        else:
            self.reached = self.order.get_position(self._resume_key)

    def _is_after(self, position: Position) -> bool:
        after = self.options.after
        return after is None or (position < after if self.options.newest_first else position > after)

    def _build_condition(self) -> Condition | None:
        path = Path(self.order.attribute)
        if self.lower is not None and self.upper is not None:
            return path.between(self.lower, self.upper)
        if self.lower is not None:
            return path >= self.lower
        return None if self.upper is None else path <= self.upper


def _is_expired(item: Item, now: float) -> bool:
    """Return whether an item has expired.

    DynamoDB takes up to some days to delete it.
    """
    expires_at = item.get("expires_at", {}).get("N")
    return expires_at is not None and float(expires_at) <= now


@dataclass(frozen=True, slots=True)
class MergedHits:
    """Hits in order, and the position after which the next page begins.

    The position is None on the last page.
    """

    hits: Sequence[Hit]
    end: Position | None


def merge_scans(scans: Sequence[PartitionScan], limit: int, newest_first: bool) -> MergedHits:
    """Return the first `limit` hits of all scans together.

    Fewer if the records are long or rare.

    A page that ends early ends where the scan that got least far has got, so that no record is left out.

    Raises:
        pynamodb.exceptions.QueryError: DynamoDB did not answer.
    """
    hits: list[Hit] = []
    calls_left = len(scans) + EXTRA_CALLS
    size = 0
    while len(hits) <= limit:
        scan = _find_nearest(scans, newest_first)
        if scan is None:
            return MergedHits(hits, None)
        if scan.hits:
            hits.append(scan.hits.popleft())
            size += _estimate_size(hits[-1])
        elif calls_left and size < ENOUGH_BYTES:
            scan.read_next()
            calls_left -= 1
        else:
            return MergedHits(hits, scan.reached)
    return MergedHits(hits[:limit], hits[limit - 1].position)


def _find_nearest(scans: Sequence[PartitionScan], newest_first: bool) -> PartitionScan | None:
    """Return the scan that has, or may have, the next record."""
    unfinished = [scan for scan in scans if scan.hits or not scan.is_finished]
    for scan in unfinished:
        if scan.next_position is None:
            return scan
    nearest = max if newest_first else min
    return nearest(unfinished, key=attrgetter("next_position"), default=None)


def _estimate_size(hit: Hit) -> int:
    """Estimate the size of a hit in bytes."""
    return sum(len(value) for typed in hit.item.values() for value in typed.values() if isinstance(value, str | bytes))
