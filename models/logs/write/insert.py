"""Inserts of any size that never overwrite: 25 items a call, several calls at once, at the pace of the tenant."""

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice

from pynamodb.connection.base import Connection

from models.logs.write.duplicate import Item, compare
from models.logs.write.partiql import Key, Tell, insert_call, key_of
from models.logs.write.tenant_pacing import Departure, Paces, Turn, paces
from models.logs.write.verdict import THERE, UNSETTLED, Verdict
from models.tables.call_threads import CALLS_AT_ONCE, call_threads
from settings import settings
from topology import MAX_STATEMENTS

PATIENCE_SECONDS = 3.0
"""For this long an insert waits for its tenant's pace, and tries again what failed."""
LONGEST_SECONDS = settings.drain_seconds / 2
"""After this long no call leaves, however well it goes: a worker that is told to stop can wait for it."""
FRUITLESS_ROUNDS = 2
"""Rounds in a row that settle nothing; then it is no passing failure."""
RETRY_SECONDS = 0.1
UNIT_BYTES = 1024


def insert_items(
    connection: Connection, table: str, items: Sequence[Item], tell_unavailable: Tell, pacing: Paces = paces
) -> list[Verdict]:
    """Insert serialized items into `table`.

    Args:
        connection: to DynamoDB. It must not try again itself: it would try all of a call for one item that failed.
        table: its name.
        items: with the key and `original_text` at least, in any order. Of several under one id the first is inserted,
            and the others are judged by what is stored then. One with the same original is REDELIVERED in any case: it
            is done when the first is, or has failed with it.
        tell_unavailable: called with the code or type of each kind of error that may not come again.
        pacing: how fast tenants are written.
    Returns:
        A verdict on each item, in their order.
    """

    def call(places: list[int]) -> list[Verdict]:
        return insert_call(connection, table, [items[place] for place in places], tell_unavailable)

    def units_of(places: list[int]) -> int:
        return sum(write_units(items[place]) for place in places)

    verdicts = [Verdict.UNAVAILABLE] * len(items)
    uses: dict[Key, list[int]] = {}
    for place, item in enumerate(items):
        uses.setdefault(key_of(item), []).append(place)
    while uses:
        tenants: dict[str, list[int]] = {}
        for (tenant_id, _log_id), places in uses.items():
            tenants.setdefault(tenant_id, []).append(places[0])
        for tenant_id, firsts in tenants.items():
            with pacing.turn(tenant_id) as turn:
                _TenantInsert(call, units_of, verdicts, pacing, turn).run(firsts)
        left = {key: _judge_others(items, places, verdicts) for key, places in uses.items()}
        uses = {key: places for key, places in left.items() if places}
    return verdicts


def _judge_others(items: Sequence[Item], places: Sequence[int], verdicts: list[Verdict]) -> list[int]:
    """Judge the later items under one id by what became of the first; those that only the table can judge are left."""
    first, *others = places
    is_settled = verdicts[first] not in UNSETTLED
    for place in others:
        verdicts[place] = compare(items[place], items[first]) if is_settled else verdicts[first]
    return [] if verdicts[first] in THERE else [place for place in others if verdicts[place] is Verdict.CONFLICT]


def write_units(item: Item) -> int:
    """About how many write units an item takes, without those of indexes."""
    return 1 + sum(len(name) + _size_of(value) for name, value in item.items()) // UNIT_BYTES


def _size_of(value: object) -> int:
    if isinstance(value, dict):
        return sum(len(name) + _size_of(its) for name, its in value.items())
    if isinstance(value, list):
        return sum(map(_size_of, value))
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
    return len(value) if isinstance(value, bytes) else 1


@dataclass(slots=True)
class _Call:
    """One that has left."""

    places: list[int]
    units: int
    departure: Departure
    verdicts: "Future[list[Verdict]]"


@dataclass(slots=True)
class _TenantInsert:
    """The items of one tenant, each by its place."""

    call: Callable[[list[int]], list[Verdict]]
    units_of: Callable[[list[int]], int]
    verdicts: list[Verdict]
    pacing: Paces
    turn: Turn
    began: float = field(default_factory=time.monotonic)
    obstacle: Verdict | None = None
    """Why no further call leaves in this round: what becomes of the items that wait."""

    def run(self, places: list[int]) -> None:
        """Rounds, each of what the one before left."""
        fruitless = 0
        while True:
            # After a round that settled nothing one call finds out for all.
            self._round(deque(places), 1 if fruitless else CALLS_AT_ONCE)
            left = [place for place in places if self.verdicts[place] in UNSETTLED]
            fruitless = 0 if len(left) < len(places) else fruitless + 1
            if not left or fruitless == FRUITLESS_ROUNDS or self._seconds_left(PATIENCE_SECONDS) < 0:
                return
            if any(self.verdicts[place] is Verdict.UNAVAILABLE for place in left):
                time.sleep(RETRY_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
            places = left

    def _round(self, waiting: deque[int], at_once: int) -> None:
        self.obstacle = None
        under_way: deque[_Call] = deque()
        while waiting and self.obstacle is None:
            if len(under_way) == at_once:
                self._settle(under_way.popleft())
            elif (call := self._send(waiting)) is not None:
                under_way.append(call)
            else:
                self.obstacle = Verdict.THROTTLED
        for call in under_way:
            self._settle(call)
        for place in waiting:
            self.verdicts[place] = self.obstacle or Verdict.UNAVAILABLE

    def _send(self, waiting: deque[int]) -> _Call | None:
        """The next call, when it may leave in time."""
        places = list(islice(waiting, MAX_STATEMENTS))
        units = 0
        if (most := self.pacing.call_units(self.turn)) is not None:
            while (units := self.units_of(places)) > most and len(places) > 1:
                places.pop()
        departure = self.pacing.departure(self.turn, units, self._seconds_left(PATIENCE_SECONDS))
        if departure is None or self._seconds_left(LONGEST_SECONDS) < 0:
            return None
        time.sleep(departure.wait_seconds)
        for _ in places:
            waiting.popleft()
        return _Call(places, units, departure, call_threads().submit(self.call, places))

    def _settle(self, call: _Call) -> None:
        verdicts = call.verdicts.result()
        for place, verdict in zip(call.places, verdicts, strict=True):
            self.verdicts[place] = verdict
        if throttled := verdicts.count(Verdict.THROTTLED):
            self.pacing.throttled(self.turn, call.departure, throttled / len(verdicts))
        elif Verdict.UNAVAILABLE not in verdicts:
            self.pacing.passed(self.turn, call.units)
        if UNSETTLED.issuperset(verdicts):
            # The calls to come would wait for the same outage, or be throttled as well.
            self.obstacle = Verdict.UNAVAILABLE if Verdict.UNAVAILABLE in verdicts else Verdict.THROTTLED

    def _seconds_left(self, of: float) -> float:
        return self.began + of - time.monotonic()
