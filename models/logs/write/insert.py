"""Inserts of any size, several calls at once, at the tenant's rate."""

import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice

from pynamodb.connection.base import Connection

from models.logs.write.duplicate import Item, compare_originals
from models.logs.write.partiql import LogKey, ReportUnavailable, get_log_key, insert_chunk
from models.logs.write.tenant_pacing import Reservation, TenantPacer, WriteSlot, tenant_pacer
from models.logs.write.verdict import IN_TABLE, UNSETTLED, Verdict
from models.tables.connection import CALLS_AT_ONCE, get_call_threads
from settings import settings
from topology import MAX_STATEMENTS

PATIENCE_SECONDS = 3.0
"""How long an insert waits for its tenant's rate, and retries items that failed.

After that the batch goes back to the queue, where it holds no thread.
"""
LONGEST_SECONDS = settings.drain_seconds / 2
"""No call leaves after this long, even if all succeed, so that a stopping worker can wait for the insert."""
MAX_FRUITLESS_ROUNDS = 2
"""An insert ends after so many rounds in a row without a settled item: the failure is not a passing one."""
RETRY_SECONDS = 0.1
UNIT_BYTES = 1024
"""Size of a write unit."""


def insert_items(
    connection: Connection,
    table: str,
    items: Sequence[Item],
    report_unavailable: ReportUnavailable,
    pacer: TenantPacer = tenant_pacer,
) -> list[Verdict]:
    """Insert serialized items into `table`.

    Args:
        connection: to DynamoDB, without retries of its own: they would repeat a whole call for one item that failed.
        table: the table's name.
        items: with the key and `original_text` at least, in any order. Of several items under one id the first is
            inserted, and the others are judged by its verdict. One with the same original is REDELIVERED once the first
            is settled, even if it failed for good: it would fail the same way.
        report_unavailable: called with the code or type of each kind of error that may pass.
        pacer: the tenants' rates.
    Returns:
        A verdict on each item, in their order.
    """

    def call(indexes: list[int]) -> list[Verdict]:
        return insert_chunk(connection, table, [items[index] for index in indexes], report_unavailable)

    def count_units(indexes: list[int]) -> int:
        return sum(estimate_write_units(items[index]) for index in indexes)

    verdicts = [Verdict.UNAVAILABLE] * len(items)
    indexes_by_key: dict[LogKey, list[int]] = {}
    for index, item in enumerate(items):
        indexes_by_key.setdefault(get_log_key(item), []).append(index)
    while indexes_by_key:
        # One item a key in each pass. The others under its key are judged by its verdict, or inserted in the next pass.
        first_indexes: dict[str, list[int]] = {}
        for (tenant_id, _log_id), indexes in indexes_by_key.items():
            first_indexes.setdefault(tenant_id, []).append(indexes[0])
        for tenant_id, firsts in first_indexes.items():
            with pacer.open_slot(tenant_id) as slot:
                _TenantInsert(call, count_units, verdicts, pacer, slot).run(firsts)
        left = {log_key: _judge_others(items, indexes, verdicts) for log_key, indexes in indexes_by_key.items()}
        indexes_by_key = {log_key: indexes for log_key, indexes in left.items() if indexes}
    return verdicts


def _judge_others(items: Sequence[Item], indexes: Sequence[int], verdicts: list[Verdict]) -> list[int]:
    """Judge the later items under one id by the first one's verdict.

    Returns:
        The indexes of the items that only the table can judge.
    """
    first, *others = indexes
    is_settled = verdicts[first] not in UNSETTLED
    for index in others:
        verdicts[index] = compare_originals(items[index], items[first]) if is_settled else verdicts[first]
    # If the first is not in the table (it is INVALID or a CONFLICT), one with another original may still be the one
    # that belongs there, so it is inserted next.
    return [] if verdicts[first] in IN_TABLE else [index for index in others if verdicts[index] is Verdict.CONFLICT]


def estimate_write_units(item: Item) -> int:
    """Estimate the write units of an item, without those of indexes."""
    return 1 + sum(len(name) + _get_size(value) for name, value in item.items()) // UNIT_BYTES


def _get_size(value: object) -> int:
    if isinstance(value, dict):
        return sum(len(name) + _get_size(inner) for name, inner in value.items())
    if isinstance(value, list):
        return sum(map(_get_size, value))
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
    return len(value) if isinstance(value, bytes) else 1


@dataclass(slots=True)
class _Call:
    """A call under way."""

    indexes: list[int]
    units: int
    reservation: Reservation
    verdicts: "Future[list[Verdict]]"


@dataclass(slots=True)
class _TenantInsert:
    """The insert of one tenant's items, each named by its index.

    Attributes:
        obstacle: why no further call leaves in this round; the verdict on the items that wait.
    """

    call: Callable[[list[int]], list[Verdict]]
    count_units: Callable[[list[int]], int]
    verdicts: list[Verdict]
    pacer: TenantPacer
    slot: WriteSlot
    began: float = field(default_factory=time.monotonic)
    obstacle: Verdict | None = None

    def run(self, indexes: list[int]) -> None:
        """Insert in rounds, each with the unsettled items of the last."""
        fruitless = 0
        while True:
            # After a round that settled nothing, one call finds out whether DynamoDB is back.
            self._run_round(deque(indexes), 1 if fruitless else CALLS_AT_ONCE)
            left = [index for index in indexes if self.verdicts[index] in UNSETTLED]
            fruitless = 0 if len(left) < len(indexes) else fruitless + 1
            if not left or fruitless == MAX_FRUITLESS_ROUNDS or self._seconds_left(PATIENCE_SECONDS) < 0:
                return
            if any(self.verdicts[index] is Verdict.UNAVAILABLE for index in left):
                time.sleep(RETRY_SECONDS * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
            indexes = left

    def _run_round(self, waiting: deque[int], max_calls: int) -> None:
        self.obstacle = None
        under_way: deque[_Call] = deque()
        while waiting and self.obstacle is None:
            if len(under_way) == max_calls:
                self._finish(under_way.popleft())
            elif (call := self._send(waiting)) is not None:
                under_way.append(call)
            else:
                self.obstacle = Verdict.THROTTLED
        for call in under_way:
            self._finish(call)
        for index in waiting:
            self.verdicts[index] = self.obstacle or Verdict.UNAVAILABLE

    def _send(self, waiting: deque[int]) -> _Call | None:
        """Send the next call, unless it may not leave in time."""
        indexes = list(islice(waiting, MAX_STATEMENTS))
        units = 0
        if (max_units := self.pacer.get_max_call_units(self.slot)) is not None:
            while (units := self.count_units(indexes)) > max_units and len(indexes) > 1:
                indexes.pop()
        reservation = self.pacer.reserve(self.slot, units, self._seconds_left(PATIENCE_SECONDS))
        if reservation is None or self._seconds_left(LONGEST_SECONDS) < 0:
            return None
        time.sleep(reservation.wait_seconds)
        for _ in indexes:
            waiting.popleft()
        return _Call(indexes, units, reservation, get_call_threads().submit(self.call, indexes))

    def _finish(self, call: _Call) -> None:
        verdicts = call.verdicts.result()
        for index, verdict in zip(call.indexes, verdicts, strict=True):
            self.verdicts[index] = verdict
        if throttled := verdicts.count(Verdict.THROTTLED):
            self.pacer.on_throttle(self.slot, call.reservation, throttled / len(verdicts))
        elif Verdict.UNAVAILABLE not in verdicts:
            self.pacer.on_success(self.slot, call.units)
        if UNSETTLED.issuperset(verdicts):
            # Further calls would wait for the same outage, or be throttled as well.
            self.obstacle = Verdict.UNAVAILABLE if Verdict.UNAVAILABLE in verdicts else Verdict.THROTTLED

    def _seconds_left(self, limit_seconds: float) -> float:
        return self.began + limit_seconds - time.monotonic()
