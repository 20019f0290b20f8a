"""Simulation of a DynamoDB partition, a queue and a worker."""

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterator

from models.logs.write.tenant_pacing import TenantPacer
from topology import MAX_STATEMENTS

Process = Iterator[float]
"""A simulated thread: it yields the seconds that each of its steps takes."""

CALL_SECONDS = 0.02
TASK_SECONDS = 0.01
PATIENCE_SECONDS = 3.0


class Simulation:
    """Simulation whose clock jumps from one event to the next."""

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Process]] = []
        self._number = 0

    def clock(self) -> float:
        return self.now

    def begin(self, process: Process, after: float = 0.0) -> None:
        self._number += 1
        heapq.heappush(self._events, (self.now + after, self._number, process))

    def run(self) -> None:
        """Run until nothing is left to do."""
        while self._events:
            self.now, _, process = heapq.heappop(self._events)
            for seconds in process:
                self.begin(process, seconds)
                break


class Partition:
    """Partition with `capacity` write units a second, a tenth at once."""

    def __init__(self, simulation: Simulation, capacity: float) -> None:
        self._simulation = simulation
        self._capacity = capacity
        self._tokens = 0.0
        self._filled_at = 0.0

    def write(self, units: int) -> int:
        """Return how many of `units` small statements are not throttled."""
        gained = (self._simulation.now - self._filled_at) * self._capacity
        self._tokens, self._filled_at = min(self._capacity / 10, self._tokens + gained), self._simulation.now
        accepted = min(units, int(self._tokens))
        self._tokens -= accepted
        return accepted


class Worker:
    """Worker whose threads write batches, and its queue with delayed messages."""

    def __init__(
        self, simulation: Simulation, pacer: TenantPacer, partition: Callable[[str], Partition], threads: int
    ) -> None:
        self._simulation = simulation
        self._pacer = pacer
        self._partition = partition
        self._free = threads
        self._queue: deque[tuple[str, int]] = deque()
        self.done_at: dict[str, float] = {}
        self.counts: Counter[str] = Counter()

    def enqueue(self, tenant: str, units: int, after: float = 0.0) -> None:
        """Put a batch into the queue, `after` seconds from now."""

        def arrive() -> Process:
            self._queue.append((tenant, units))
            self._start_batches()
            yield from ()

        self._simulation.begin(arrive(), after)

    def _start_batches(self) -> None:
        while self._free and self._queue:
            self._free -= 1
            self._simulation.begin(self._store(*self._queue.popleft()))

    def _store(self, tenant: str, left: int) -> Process:
        yield TASK_SECONDS
        until = self._simulation.now + PATIENCE_SECONDS
        fruitless = False
        with self._pacer.open_slot(tenant) as slot:
            while left and not fruitless:
                units = int(min(left, MAX_STATEMENTS, self._pacer.get_max_call_units(slot) or MAX_STATEMENTS))
                reservation = self._pacer.reserve(slot, units, until - self._simulation.now)
                if reservation is None:
                    break
                yield reservation.wait_seconds
                accepted = self._partition(tenant).write(units)
                yield CALL_SECONDS
                left -= accepted
                fruitless = not accepted
                self.counts.update(written=units, throttled=units - accepted)
                if accepted < units:
                    self._pacer.on_throttle(slot, reservation, 1 - accepted / units)
                else:
                    self._pacer.on_success(slot, units)
        self._free += 1
        if left:
            self.counts["retried"] += 1
            self.enqueue(tenant, left, max(1, round(self._pacer.book_retry(tenant, left))))
        else:
            self.done_at[tenant] = self._simulation.now
        self._start_batches()
