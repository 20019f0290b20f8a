"""Write rates of tenants, learnt from what DynamoDB throttles.

A tenant's logs share one partition key, and a partition takes 1,000 write units a second, whatever the table could take
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html). botocore's adaptive
retries would slow down a whole client, and hold its threads. Here only the throttled tenant slows down:

- It gets a rate. Throttling lowers the rate: a call that is throttled whole halves it, one throttled statement of 25
  takes 2 % off, as DCTCP does with the share of marked packets (https://datatracker.ietf.org/doc/html/rfc8257). Calls
  that succeed raise it.
- Few of its batches at a time wait for that rate in a thread. The others go back to the queue at once, each with a
  delay of its own.

Each process learns for itself. Processes share a partition as TCP's connections share a link.

The constants were checked in a simulation of a partition of 1,000 units/s with a backlog of 100 batches of 1,000 logs
(tests/support/partition.py): the partition is 87 % busy, and 1.4 % of the statements are throttled.
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
"""Write units a second that a partition takes: the rate that a tenant's first throttling lowers."""
MIN_UNITS = 25.0
"""Lowest rate: one call of 25 small items a second."""
RISE_UNITS = 250.0
"""What a second of calls without throttling adds to the rate. One call at most doubles it."""
FORGET_SECONDS = 60.0
"""A tenant that was not throttled for this long is written at full speed again."""
MAX_TENANTS = 10_000
MAX_WAITING_PER_TENANT = 2
"""Batches of one tenant that may wait for its rate, each in a thread of its own."""
MAX_WAITING = 4
"""Batches of all tenants that may wait: half the threads of a store worker (Procfile)."""
FIRST_WAIT_SECONDS = 0.25
"""A batch whose first call would wait longer goes back to the queue."""
CALL_SECONDS = 0.25
"""A call carries at most this many seconds of the rate, so that large items don't arrive by the megabyte."""
OVERBOOKING = 3.0
"""How many times more batches come back from the queue than the rate allows.

Most that come find no slot, and go back again. A batch too many costs one SQS message; a batch too few leaves the
partition idle.
"""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Permission for a call to leave in `wait_seconds`.

    `rate` is the tenant's at that time, in write units a second.
    """

    wait_seconds: float
    rate: float


@dataclass(eq=False, slots=True)
class WriteSlot:
    """The writing of one batch.

    `waiting` once it counts among the batches that wait in a thread.
    """

    tenant_id: str
    waiting: bool = False


@dataclass(slots=True)
class _TenantRate:
    """One tenant's rate, and who waits for it. Times are the clock's.

    Attributes:
        rate: write units a second.
        throttled_at: when DynamoDB last throttled the tenant.
        next_call_at: no call leaves earlier.
        booked_until: when the batches that went back to the queue will all be written.
        waiting: batches that wait in a thread.
    """

    rate: float
    throttled_at: float
    next_call_at: float
    booked_until: float
    waiting: int = 0


class TenantPacer:
    """The rates of a process's throttled tenants.

    Safe to use from several threads. Without it a store worker would spend its threads on calls that DynamoDB
    throttles, and other tenants would wait.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rates: dict[str, _TenantRate] = {}
        self._waiting = 0

    @contextmanager
    def open_slot(self, tenant_id: str) -> Iterator[WriteSlot]:
        """Open a slot for the writing of one batch."""
        slot = WriteSlot(tenant_id)
        try:
            yield slot
        finally:
            self._close(slot)

    def get_max_call_units(self, slot: WriteSlot) -> float | None:
        """Return how many write units the next call may carry.

        None means no limit. A single item may always be written, however large.
        """
        rate = self.get_rate(slot.tenant_id)
        return None if rate is None else rate * CALL_SECONDS

    def reserve(self, slot: WriteSlot, units: float, max_wait_seconds: float) -> Reservation | None:
        """Reserve the tenant's rate for the next call of a batch.

        Args:
            slot: the batch's slot.
            units: write units of the call.
            max_wait_seconds: how long the batch can wait for it.
        Returns:
            None if the call would have to wait longer, or enough batches wait already.
        """
        now = self._clock()
        with self._lock:
            tenant = self._get_tenant(slot.tenant_id)
            if tenant is None:
                return Reservation(0.0, PARTITION_UNITS)
            wait = max(0.0, tenant.next_call_at - now)
            longest = max_wait_seconds if slot.waiting else FIRST_WAIT_SECONDS
            if wait and (wait > longest or not self._may_wait(slot, tenant)):
                return None
            tenant.next_call_at = now + wait + units / tenant.rate
            return Reservation(wait, tenant.rate)

    def on_throttle(self, slot: WriteSlot, reservation: Reservation, share: float) -> None:
        """Lower the tenant's rate after a throttled call.

        Args:
            slot: the batch's slot.
            reservation: the call's.
            share: the share of its statements that was throttled, above 0 and at most 1.
        """
        now = self._clock()
        # Lowered from the rate at which the call left, so that several calls under way together lower it once.
        rate = max(MIN_UNITS, reservation.rate * (1 - share / 2))
        with self._lock:
            tenant = self._get_tenant(slot.tenant_id)
            if tenant is None:
                self._make_room()
                self._rates[slot.tenant_id] = _TenantRate(rate, now, now, now)
                logger.warning("DynamoDB throttles tenant %s; slowing down its inserts", slot.tenant_id)
            else:
                tenant.rate = min(tenant.rate, rate)
                tenant.throttled_at = now

    def on_success(self, slot: WriteSlot, units: float) -> None:
        """Raise the tenant's rate after a call without throttling."""
        with self._lock:
            tenant = self._get_tenant(slot.tenant_id)
            if tenant is not None:
                tenant.rate = min(2 * tenant.rate, tenant.rate + RISE_UNITS * units / tenant.rate)

    def book_retry(self, tenant_id: str, units: float) -> float:
        """Book the return of a batch that goes back to the queue.

        Returns:
            Its delay in seconds, spread so that waiting batches do not return together.
        """
        now = self._clock()
        with self._lock:
            tenant = self._get_tenant(tenant_id)
            if tenant is None:
                return 0.0
            tenant.booked_until = max(now, tenant.booked_until) + units / tenant.rate / OVERBOOKING
            return (tenant.booked_until - now) * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, not a secret

    def get_rate(self, tenant_id: str) -> float | None:
        """Return a tenant's rate in write units a second.

        None if the tenant is not slowed down.
        """
        with self._lock:
            tenant = self._get_tenant(tenant_id)
            return None if tenant is None else tenant.rate

    def _may_wait(self, slot: WriteSlot, tenant: _TenantRate) -> bool:
        if not slot.waiting and tenant.waiting < MAX_WAITING_PER_TENANT and self._waiting < MAX_WAITING:
            slot.waiting = True
            tenant.waiting += 1
            self._waiting += 1
        return slot.waiting

    def _close(self, slot: WriteSlot) -> None:
        with self._lock:
            if slot.waiting:
                self._waiting -= 1
                self._rates[slot.tenant_id].waiting -= 1

    def _get_tenant(self, tenant_id: str) -> _TenantRate | None:
        tenant = self._rates.get(tenant_id)
        if tenant is None or tenant.waiting or self._clock() < tenant.throttled_at + FORGET_SECONDS:
            return tenant
        del self._rates[tenant_id]
        logger.warning("DynamoDB no longer throttles tenant %s; writing it at full speed", tenant_id)
        return None

    def _make_room(self) -> None:
        """Forget the first tenant if there are too many."""
        if len(self._rates) >= MAX_TENANTS:
            del self._rates[next(tenant_id for tenant_id, tenant in self._rates.items() if not tenant.waiting)]


tenant_pacer = TenantPacer()
"""The process's own."""
