"""A partition of DynamoDB, the queue before it and a worker, simulated on a clock of their own."""

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterator

from models.logs.write.tenant_pacing import Paces
from topology import MAX_STATEMENTS

Process = Iterator[float]
"""What a simulated thread does: it yields how many seconds each thing takes."""

CALL_SECONDS = 0.02
TASK_SECONDS = 0.01
PATIENCE_SECONDS = 3.0


class Simulation:
    """Runs processes on a clock that jumps from one event to the next."""

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
        """Until nothing is left to do."""
        while self._events:
            self.now, _, process = heapq.heappop(self._events)
            for seconds in process:
                self.begin(process, seconds)
                break


class Partition:
    """Takes `capacity` write units a second, and a tenth of that at once."""

    def __init__(self, simulation: Simulation, capacity: float) -> None:
        self._simulation = simulation
        self._capacity = capacity
        self._tokens = 0.0
        self._filled_at = 0.0

    def takes(self, units: int) -> int:
        """How many of the statements, of a unit each, are not throttled."""
        gained = (self._simulation.now - self._filled_at) * self._capacity
        self._tokens, self._filled_at = min(self._capacity / 10, self._tokens + gained), self._simulation.now
        taken = min(units, int(self._tokens))
        self._tokens -= taken
        return taken


class Worker:
    """Threads that write batches at the pace of their tenants, and a queue that holds back what is given back."""

    def __init__(
        self, simulation: Simulation, paces: Paces, partition: Callable[[str], Partition], threads: int
    ) -> None:
        self._simulation = simulation
        self._paces = paces
        self._partition = partition
        self._free = threads
        self._queue: deque[tuple[str, int]] = deque()
        self.done_at: dict[str, float] = {}
        self.counts: Counter[str] = Counter()

    def give(self, tenant: str, units: int, after: float = 0.0) -> None:
        """A batch arrives in the queue."""

        def arrive() -> Process:
            self._queue.append((tenant, units))
            self._next()
            yield from ()

        self._simulation.begin(arrive(), after)

    def _next(self) -> None:
        while self._free and self._queue:
            self._free -= 1
            self._simulation.begin(self._store(*self._queue.popleft()))

    def _store(self, tenant: str, left: int) -> Process:
        yield TASK_SECONDS
        until = self._simulation.now + PATIENCE_SECONDS
        fruitless = False
        with self._paces.turn(tenant) as turn:
            while left and not fruitless:
                units = int(min(left, MAX_STATEMENTS, self._paces.call_units(turn) or MAX_STATEMENTS))
                departure = self._paces.departure(turn, units, until - self._simulation.now)
                if departure is None:
                    break
                yield departure.wait_seconds
                taken = self._partition(tenant).takes(units)
                yield CALL_SECONDS
                left -= taken
                fruitless = not taken
                self.counts.update(written=units, throttled=units - taken)
                if taken < units:
                    self._paces.throttled(turn, departure, 1 - taken / units)
                else:
                    self._paces.passed(turn, units)
        self._free += 1
        if left:
            self.counts["given back"] += 1
            self.give(tenant, left, max(1, round(self._paces.seconds_until_turn(tenant, left))))
        else:
            self.done_at[tenant] = self._simulation.now
        self._next()
