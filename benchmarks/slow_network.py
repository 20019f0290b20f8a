"""Fault proxy in its own process that delays and records every call."""

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
    """Call that was answered.

    Attributes:
        at: time of the answer, in `time.time`'s seconds.
        payload_bytes: the larger of the request and the answer.
    """

    at: float
    operation: str
    service: str
    payload_bytes: int


class _RecordingProxy(FaultProxy):
    """Fault proxy that records when each call arrived, and each answer."""

    def __init__(self, upstream_url: str, elsewhere: Mapping[Service, str]) -> None:
        self.arrivals: list[tuple[float, str]] = []
        self.traffic: list[Call] = []
        super().__init__(upstream_url, elsewhere=elsewhere)

    def count(self, operation: str) -> None:
        self.arrivals.append((time.time(), operation))
        super().count(operation)

    def record_call(self, call: Targets, asked: bytes, answer: Answer | None) -> None:
        self.traffic.append(Call(time.time(), *call, max(len(asked), len(answer.body) if answer else 0)))


def _serve(
    upstream_url: str, delay_seconds: float, elsewhere: Mapping[Service, str], orders: "Connection[Any, Any]"
) -> None:
    proxy = _RecordingProxy(upstream_url, elsewhere)
    proxy.delay_seconds = delay_seconds
    with proxy:
        orders.send(proxy.url)
        while (order := orders.recv()) != STOP:
            orders.send(list(proxy.arrivals if order == CALLS else proxy.traffic))


class SlowNetwork:
    """Proxy that a benchmark's own work does not slow down.

    Attributes:
        url: the endpoint for clients, on 127.0.0.1.

    Args:
        upstream_url: the engine's.
        delay_seconds: added to each call.
        elsewhere: URLs of other engines, by the service that they serve instead.
    """

    def __init__(self, upstream_url: str, delay_seconds: float, elsewhere: Mapping[Service, str] | None = None) -> None:
        context = multiprocessing.get_context("spawn")
        self._orders, remote_orders = context.Pipe()
        arguments = (upstream_url, delay_seconds, elsewhere or {}, remote_orders)
        self._process = context.Process(target=_serve, args=arguments)
        self.url = ""

    def calls(self, since: float, until: float) -> Counter[str]:
        """Count the calls that arrived between two times, by operation."""
        self._orders.send(CALLS)
        return Counter(operation for at, operation in self._orders.recv() if since <= at <= until)

    def traffic(self, since: float, until: float) -> list[Call]:
        """Return the calls that were answered between two times."""
        self._orders.send(TRAFFIC)
        return [call for call in self._orders.recv() if since <= call.at <= until]

    def __enter__(self) -> "SlowNetwork":
        self._process.start()
        self.url = self._orders.recv()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._orders.send(STOP)
        self._process.join()
