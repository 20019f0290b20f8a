"""The fault proxy in a process of its own, which makes every call take as long as in an AWS region and notes it."""

import multiprocessing
import time
from collections import Counter
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from tests.fault_proxy import FaultProxy

STOP, CALLS = "stop", "calls"


class _NotingProxy(FaultProxy):
    """Knows when each call arrived."""

    def __init__(self, upstream_url: str) -> None:
        self.arrivals: list[tuple[float, str]] = []
        super().__init__(upstream_url)

    def count(self, operation: str) -> None:
        self.arrivals.append((time.time(), operation))
        super().count(operation)


def _serve(upstream_url: str, delay_seconds: float, orders: "Connection[Any, Any]") -> None:
    proxy = _NotingProxy(upstream_url)
    proxy.delay_seconds = delay_seconds
    with proxy:
        orders.send(proxy.url)
        while orders.recv() != STOP:
            orders.send(list(proxy.arrivals))


class SlowNetwork:
    """A proxy that a benchmark's own work does not slow down.

    Attributes:
        url: the endpoint for clients, on 127.0.0.1.

    Args:
        upstream_url: the engine's.
        delay_seconds: added to each call.
    """

    def __init__(self, upstream_url: str, delay_seconds: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._orders, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(upstream_url, delay_seconds, theirs))
        self.url = ""

    def calls(self, since: float, until: float) -> Counter[str]:
        """How many calls arrived between two times (of `time.time`), by operation."""
        self._orders.send(CALLS)
        return Counter(operation for at, operation in self._orders.recv() if since <= at <= until)

    def __enter__(self) -> "SlowNetwork":
        self._process.start()
        self.url = self._orders.recv()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._orders.send(STOP)
        self._process.join()
