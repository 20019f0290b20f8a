"""Kills, outages and faults of the system, and their ends."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice

import psutil

from local.engine import Engine
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes

WORKERS = ("redact", "store")
LOST_ANSWERS = 0.1
DELAY_SECONDS = 0.3


def _delay_and_lose(proxy: FaultProxy, seed: int) -> None:
    proxy.delay_seconds = DELAY_SECONDS
    proxy.lose_answers(LOST_ANSWERS, seed)


FAULTS: dict[str, Callable[[FaultProxy, int], None]] = {
    "SQS drops connections": lambda proxy, _: proxy.refuse("sqs"),
    "SQS hangs": lambda proxy, _: proxy.hang("sqs"),
    "SQS takes no messages": lambda proxy, _: proxy.status(
        503, "ServiceUnavailable", "SendMessage", "SendMessageBatch"
    ),
    "SQS takes no acks": lambda proxy, _: proxy.status(500, "InternalFailure", "DeleteMessage", "DeleteMessageBatch"),
    "DynamoDB throttles": lambda proxy, _: proxy.status(400, "ThrottlingException", "dynamodb"),
    "DynamoDB hangs": lambda proxy, _: proxy.hang("dynamodb"),
    "SNS hangs": lambda proxy, _: proxy.hang("sns"),
    "DynamoDB drops connections": lambda proxy, _: proxy.refuse("dynamodb"),
    "all calls are late, and a tenth of the answers lost": _delay_and_lose,
}


class Mayhem:
    """One kill, outage or fault at a time.

    Each method returns when the system is whole again.

    Attributes:
        kills: SIGKILLs, by victim.
        outages: of the engine.
        faults: of the network and of AWS.

    Args:
        engine, proxy, processes: the system.
        store_errors: the share of the calls and of the statements to store that fail, all the time.
        seed: of the random choices.
        seconds: length of an outage or a fault.
    """

    def __init__(
        self,
        engine: Engine,
        proxy: FaultProxy,
        processes: Processes,
        *,
        store_errors: float,
        seed: int,
        seconds: float,
    ) -> None:
        self.kills: Counter[str] = Counter()
        self.outages = 0
        self.faults: Counter[str] = Counter()
        self._engine = engine
        self._proxy = proxy
        self._processes = processes
        self._store_errors = store_errors
        self._seed = seed
        self._seconds = seconds
        self.calm()

    def plan(self, kills: int, outages: int, chance: random.Random) -> list[Callable[[], None]]:
        """Return the steps of a run, in any order.

        They are so many kills of workers and a third as many of web, so many outages, and every fault once.
        """
        steps: list[Callable[[], None]] = [
            partial(self._kill, victim) for victim in islice(cycle(("redact", "store", "a child of redact")), kills)
        ]
        steps += [partial(self._kill, "web")] * max(1, kills // 3)
        steps += [self._outage] * outages
        steps += [partial(self._fault, name) for name in FAULTS]
        chance.shuffle(steps)
        return steps

    def calm(self) -> None:
        """End all faults except the store errors, which stay."""
        self._proxy.clear()
        self._proxy.delay_seconds = 0.0
        if self._store_errors:
            self._seed += 1
            self._proxy.fail_statements(self._store_errors, self._seed)
            self._proxy.lose_answers(self._store_errors, self._seed, "BatchExecuteStatement")

    def end(self) -> None:
        """End the store errors too."""
        self._proxy.clear()

    def _kill(self, victim: str) -> None:
        self.kills[victim] += 1
        if victim in WORKERS or victim == "web":
            self._processes.kill(victim)
            self._processes.start(victim)
        else:
            children = psutil.Process(self._processes.pid("redact")).children()
            if children:
                os.kill(children[0].pid, signal.SIGKILL)

    def _outage(self) -> None:
        self.outages += 1
        # Without calls under way, so that the engine can't answer one after its state went to the disk.
        self._proxy.refuse()
        self._engine.stop()
        time.sleep(self._seconds)
        self._engine.start()
        self.calm()

    def _fault(self, name: str) -> None:
        self.faults[name] += 1
        FAULTS[name](self._proxy, self._seed)
        time.sleep(self._seconds)
        self.calm()
