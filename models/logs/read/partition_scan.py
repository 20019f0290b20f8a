"""Keys of one partition, of the logs' table or of its index, read in order a call at a time."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pynamodb.connection.table import TableConnection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from models.logs.read.time_index import LogsByTime, time_key_of, time_of_time_key
from models.times import first_key_of, says_its_time, time_of_key

Item = dict[str, dict[str, Any]]


class Place(NamedTuple):
    """Where a record is among the others: its time in microseconds since 1970, and its id.

    Where the order is that of the ids, the time is 0.
    """

    time: int
    log_id: str


class Found(NamedTuple):
    """A record, or what the index has of it."""

    place: Place
    item: Item
    in_index: bool


@dataclass(frozen=True, slots=True)
class Keys:
    """How the keys of a partition are in order.

    Attributes:
        name: of the attribute.
        index: that they are of; None for the table.
        time_of: what a key says of it.
        key_of: what has all keys of records before a place on one side, and those after it on the other; it may be the
            key of the record in the place.
        takes: whether a record under an id is meant.
    """

    name: str
    index: str | None
    time_of: Callable[[str], int]
    key_of: Callable[[Place], str]
    takes: Callable[[str], bool]

    def place_of(self, item: Item) -> Place:
        """Of an item, or what has its keys."""
        return Place(self.time_of(item[self.name]["S"]), item["log_id"]["S"])


def _table_key_of(place: Place) -> str:
    first = first_key_of(place.time)
    if place.time % 1000:  # between two milliseconds, so between those that say the one and those that say the other
        return first
    return min(max(place.log_id, first), first_key_of(place.time + 1))


BY_ID = Keys("log_id", None, lambda _key: 0, lambda place: place.log_id, lambda _key: True)
"""All records of the table."""
BY_TIME = Keys("log_id", None, time_of_key, _table_key_of, says_its_time)
"""Those of the table whose ids say their time. Others are among them by chance, and are in the index as well."""
BY_INDEX = Keys(
    "time_key",
    LogsByTime.Meta.index_name,
    time_of_time_key,
    lambda place: time_key_of(*place),
    lambda _key: True,
)
"""Those of a shard of the index."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What all runs of a page have in common.

    Attributes:
        after: where the page before ended; None for the first one.
        condition: what else must hold for a record.
    """

    connection: TableConnection
    newest_first: bool
    after: Place | None
    condition: Condition | None


@dataclass(slots=True)
class KeyRun:
    """The records of a partition between two keys.

    Attributes:
        hash_key: the partition.
        count: records to look at in the first call, then ten times as many; 1 MiB of them when it is None.
        found: what was read and not taken yet, in order.
        reached: everything up to here was read; None before the first call.
        ended: nothing is left to read.
    """

    reading: Reading
    keys: Keys
    hash_key: str
    lower: str | None
    upper: str | None
    count: int | None
    found: deque[Found] = field(default_factory=deque)
    reached: Place | None = None
    ended: bool = False
    _resume: Item | None = None

    def __post_init__(self) -> None:
        if self.reading.after is not None:
            key = self.keys.key_of(self.reading.after)
            if self.reading.newest_first:
                self.upper = key
            else:
                self.lower = key
        self.ended = self.lower is not None and self.upper is not None and self.lower > self.upper

    @property
    def next_place(self) -> Place | None:
        """The next record is here, or further on."""
        return self.found[0].place if self.found else self.reached

    def read(self) -> None:
        """Read on, in one call.

        Raises:
            pynamodb.exceptions.QueryError: DynamoDB did not answer.
        """
        answer = self.reading.connection.query(
            self.hash_key,
            range_key_condition=self._bounds(),
            filter_condition=self.reading.condition,
            exclusive_start_key=self._resume,
            index_name=self.keys.index,
            limit=self.count,
            scan_index_forward=not self.reading.newest_first,
        )
        self.count = self.count and 10 * self.count
        now = time.time()
        for item in answer["Items"]:
            place = self.keys.place_of(item)
            if self._is_further(place) and self.keys.takes(place.log_id) and not _is_expired(item, now):
                self.found.append(Found(place, item, self.keys.index is not None))
        self._resume = answer.get("LastEvaluatedKey")
        if self._resume is None:
            self.ended = True
        else:
            self.reached = self.keys.place_of(self._resume)

    def _is_further(self, place: Place) -> bool:
        after = self.reading.after
        return after is None or (place < after if self.reading.newest_first else place > after)

    def _bounds(self) -> Condition | None:
        path = Path(self.keys.name)
        if self.lower is not None and self.upper is not None:
            return path.between(self.lower, self.upper)
        if self.lower is not None:
            return path >= self.lower
        return None if self.upper is None else path <= self.upper


def _is_expired(item: Item, now: float) -> bool:
    """DynamoDB takes up to some days to delete what has expired."""
    expires_at = item.get("expires_at", {}).get("N")
    return expires_at is not None and float(expires_at) <= now
