"""The fault proxy in a process of its own, which makes every call take as long as in an AWS region and notes it."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from tests.support.fault_proxy import FaultProxy, Targets
from tests.support.faults import Answer, Service

STOP, CALLS, TRAFFIC = "stop", "calls", "traffic"


@dataclass(frozen=True, slots=True)
class Call:
    """One that was answered at a time (of `time.time`), and the larger of its request and its answer."""

    at: float
    operation: str
    service: str
    payload_bytes: int


class _NotingProxy(FaultProxy):
    """Knows when each call arrived, and what was answered."""

    def __init__(self, upstream_url: str, elsewhere: Mapping[Service, str]) -> None:
        self.arrivals: list[tuple[float, str]] = []
        self.traffic: list[Call] = []
        super().__init__(upstream_url, elsewhere=elsewhere)

    def count(self, operation: str) -> None:
        self.arrivals.append((time.time(), operation))
        super().count(operation)

    def passed(self, call: Targets, asked: bytes, answer: Answer | None) -> None:
        self.traffic.append(Call(time.time(), *call, max(len(asked), len(answer.body) if answer else 0)))


def _serve(
    upstream_url: str, delay_seconds: float, elsewhere: Mapping[Service, str], orders: "Connection[Any, Any]"
) -> None:
    proxy = _NotingProxy(upstream_url, elsewhere)
    proxy.delay_seconds = delay_seconds
    with proxy:
        orders.send(proxy.url)
        while (order := orders.recv()) != STOP:
            orders.send(list(proxy.arrivals if order == CALLS else proxy.traffic))


class SlowNetwork:
    """A proxy that a benchmark's own work does not slow down.

    Attributes:
        url: the endpoint for clients, on 127.0.0.1.

    Args:
        upstream_url: the engine's.
        delay_seconds: added to each call.
        elsewhere: URLs of other engines, by the service that they have instead.
    """

    def __init__(self, upstream_url: str, delay_seconds: float, elsewhere: Mapping[Service, str] | None = None) -> None:
        context = multiprocessing.get_context("spawn")
        self._orders, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(upstream_url, delay_seconds, elsewhere or {}, theirs))
        self.url = ""

    def calls(self, since: float, until: float) -> Counter[str]:
        """How many calls arrived between two times (of `time.time`), by operation."""
        self._orders.send(CALLS)
        return Counter(operation for at, operation in self._orders.recv() if since <= at <= until)

    def traffic(self, since: float, until: float) -> list[Call]:
        """The calls that were answered between two times."""
        self._orders.send(TRAFFIC)
        return [call for call in self._orders.recv() if since <= call.at <= until]

    def __enter__(self) -> "SlowNetwork":
        self._process.start()
        self.url = self._orders.recv()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._orders.send(STOP)
        self._process.join()
