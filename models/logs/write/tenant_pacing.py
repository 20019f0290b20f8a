"""How fast each tenant is written, learnt from what DynamoDB throttles.

A tenant's logs have one partition key, and a partition takes 1,000 write units a second, whatever the table could take
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html). botocore's adaptive
retries would slow down a whole client for it, and hold its threads. Here it slows down the tenant that is throttled:

- it gets a rate. What is throttled lowers it: a whole call halves it, one statement of 25 takes 2 % off, as DCTCP does
  with the share of packets that are marked (https://datatracker.ietf.org/doc/html/rfc8257). What is taken raises it;
- few of its batches at a time wait for that rate in a thread. The others are given back to the queue at once, each with
  the time when it may be its turn.

Each process learns by itself, and several of them share a partition as TCP's connections share a link. In a simulation
of a partition of 1,000 units/s with a backlog of 100 batches of 1,000 (tests/support/partition.py) it is 87 % busy, and
1.4 % of the statements are throttled.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

logger = logging.getLogger(__name__)

PARTITION_UNITS = 1_000.0
"""Write units a second: the rate from which a tenant that is throttled for the first time goes down."""
SLOWEST_UNITS = 25.0
RISE_UNITS = 250.0
"""What a second's worth of calls without throttling adds to the rate. One call never more than doubles it."""
FORGET_SECONDS = 60.0
"""A tenant that was not throttled for this long is written at full speed."""
MAX_TENANTS = 10_000
TENANT_TURNS = 2
"""Batches of a tenant that may wait for its pace, each in a thread of its own."""
MAX_TURNS = 4
"""The same, of all tenants together: half the threads of a store worker (Procfile)."""
FIRST_WAIT_SECONDS = 0.25
"""A batch whose first call would have to wait for longer is given back."""
CALL_SECONDS = 0.25
"""A call holds this much of the rate at most, so that large items don't arrive by the megabyte."""
RECALL = 3.0
"""How many times as much is called back as the rate bears: a batch too many costs a message, a batch missing costs
throughput."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A call may leave in `wait_seconds`, and does so at `rate`, in write units a second."""

    wait_seconds: float
    rate: float


@dataclass(eq=False, slots=True)
class Turn:
    """The writing of one batch. `begun` once it has one of the turns to wait."""

    tenant_id: str
    begun: bool = False


@dataclass(slots=True)
class _Pace:
    """One tenant's. Times are the clock's: no call leaves before `free_at`, and what waits in the queue is due by
    `booked_until`."""

    rate: float
    throttled_at: float
    free_at: float
    booked_until: float
    turns: int = 0


class Paces:
    """The rates of the tenants that were throttled lately, in one process. Safe to use from several threads.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._paces: dict[str, _Pace] = {}
        self._turns = 0

    @contextmanager
    def turn(self, tenant_id: str) -> Iterator[Turn]:
        """For the writing of one batch."""
        turn = Turn(tenant_id)
        try:
            yield turn
        finally:
            self._end(turn)

    def call_units(self, turn: Turn) -> float | None:
        """How many write units the next call may have, if it has more than one item; None for any number."""
        rate = self.rate_of(turn.tenant_id)
        return None if rate is None else rate * CALL_SECONDS

    def departure(self, turn: Turn, units: float, within_seconds: float) -> Departure | None:
        """When the next call may leave.

        Args:
            turn: of the call's batch.
            units: write units of the call.
            within_seconds: how long the batch can wait for it.
        Returns:
            None when it can't leave by then, or others have the tenant's turns.
        """
        now = self._clock()
        with self._lock:
            pace = self._pace_of(turn.tenant_id)
            if pace is None:
                return Departure(0.0, PARTITION_UNITS)
            wait = max(0.0, pace.free_at - now)
            if wait and (
                wait > (within_seconds if turn.begun else FIRST_WAIT_SECONDS) or not self._may_wait(turn, pace)
            ):
                return None
            pace.free_at = now + wait + units / pace.rate
            return Departure(wait, pace.rate)

    def throttled(self, turn: Turn, departure: Departure, share: float) -> None:
        """DynamoDB throttled a share, above 0 and at most 1, of a call."""
        now = self._clock()
        # From the rate at which the call left: several that were under way together lower it once.
        rate = max(SLOWEST_UNITS, departure.rate * (1 - share / 2))
        with self._lock:
            pace = self._pace_of(turn.tenant_id)
            if pace is None:
                self._make_room()
                self._paces[turn.tenant_id] = _Pace(rate, now, now, now)
                logger.warning("DynamoDB throttles tenant %s: writing at its pace from here on", turn.tenant_id)
            else:
                pace.rate = min(pace.rate, rate)
                pace.throttled_at = now

    def passed(self, turn: Turn, units: float) -> None:
        """DynamoDB took a call of so many write units without throttling."""
        with self._lock:
            pace = self._pace_of(turn.tenant_id)
            if pace is not None:
                pace.rate = min(2 * pace.rate, pace.rate + RISE_UNITS * units / pace.rate)

    def seconds_until_turn(self, tenant_id: str, units: float) -> float:
        """How long a batch that is given back shall wait. Each one is told another time."""
        now = self._clock()
        with self._lock:
            pace = self._pace_of(tenant_id)
            if pace is None:
                return 0.0
            pace.booked_until = max(now, pace.booked_until) + units / pace.rate / RECALL
            return (pace.booked_until - now) * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, not a secret

    def rate_of(self, tenant_id: str) -> float | None:
        """Write units a second; None for a tenant that is not paced."""
        with self._lock:
            pace = self._pace_of(tenant_id)
            return None if pace is None else pace.rate

    def _may_wait(self, turn: Turn, pace: _Pace) -> bool:
        if not turn.begun and pace.turns < TENANT_TURNS and self._turns < MAX_TURNS:
            turn.begun = True
            pace.turns += 1
            self._turns += 1
        return turn.begun

    def _end(self, turn: Turn) -> None:
        with self._lock:
            if turn.begun:
                self._turns -= 1
                self._paces[turn.tenant_id].turns -= 1

    def _pace_of(self, tenant_id: str) -> _Pace | None:
        pace = self._paces.get(tenant_id)
        if pace is None or pace.turns or self._clock() < pace.throttled_at + FORGET_SECONDS:
            return pace
        del self._paces[tenant_id]
        logger.warning("DynamoDB throttles tenant %s no more", tenant_id)
        return None

    def _make_room(self) -> None:
        """Forget the tenant that is paced for longest, if there are too many."""
        if len(self._paces) >= MAX_TENANTS:
            del self._paces[next(tenant for tenant, pace in self._paces.items() if not pace.turns)]


paces = Paces()
"""What this process has learnt."""
