"""Logs of a run, and clients that ship them.

A client sends a batch again and again until it gets a 202.
"""

import json
import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import urllib3

from benchmarks.log_lines import log_lines

MARKER = "QUOKKA"
"""Part of every text; no process log may have it."""
TENANTS = tuple(f"chaos-{number}" for number in range(8))
SHIPPERS = 12
MAX_BATCH_LOGS = 25
CONFLICTS = 0.005
"""Share of the logs whose id is taken by another text."""
SENT_AGAIN = 0.05
"""Share of the batches that are sent once more after their 202, as by a shipper that died before it recorded it."""
PAUSE_SECONDS = (0.2, 1.0)
ANSWER_SECONDS = 30
NOT_NOW = {408, 429, 500, 502, 503, 504}

LogKey = tuple[str, str]
"""Tenant and text; each text is sent in one log."""


@dataclass(frozen=True)
class Shipment:
    """Batch of one request.

    Attributes:
        texts: of its logs, in order.
        log_ids: the client's own, in order; empty if the request has an Idempotency-Key instead.
    """

    tenant: str
    texts: tuple[str, ...]
    log_ids: tuple[str, ...]
    idempotency_key: str

    @property
    def body(self) -> bytes:
        """Body of the request, NDJSON."""
        ids = self.log_ids or (None,) * len(self.texts)
        records = (
            {"text": text} | ({"log_id": log_id} if log_id else {})
            for text, log_id in zip(self.texts, ids, strict=True)
        )
        return "\n".join(map(json.dumps, records)).encode()

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the request."""
        headers = {"Content-Type": "application/x-ndjson", "x-tenant-id": self.tenant}
        return headers if self.log_ids else headers | {"Idempotency-Key": self.idempotency_key}


def make_shipments(logs: int, chance: random.Random) -> Iterator[Shipment]:
    """Yield batches of 1 to MAX_BATCH_LOGS logs; half of them have ids."""
    lines = iter(log_lines(logs))
    number = 0
    while number < logs:
        count = min(chance.randint(1, MAX_BATCH_LOGS), logs - number)
        numbers = range(number, number + count)
        texts = tuple(f"{MARKER} {index} {next(lines)}" for index in numbers)
        log_ids = tuple(f"log-{index:07}" for index in numbers) if chance.random() < 0.5 else ()
        yield Shipment(chance.choice(TENANTS), texts, log_ids, f"batch-{number}")
        number += count


def choose_conflicts(shipments: list[Shipment], chance: random.Random) -> list[tuple[str, str]]:
    """Return tenant and log id of a share of the logs."""
    ids = [(shipment.tenant, log_id) for shipment in shipments for log_id in shipment.log_ids]
    count = max(1, round(sum(len(shipment.texts) for shipment in shipments) * CONFLICTS))
    return chance.sample(ids, count) if ids else []


class Shippers:
    """SHIPPERS clients, each in a thread.

    Attributes:
        accepted: log id in the 202, by tenant and text.
        answers: statuses, and the names of errors without one.
        wrong: answers that should never be given.

    Args:
        url: of /ingest.
        chance: decides what is sent again.
    """

    def __init__(self, url: str, chance: random.Random) -> None:
        self.accepted: dict[LogKey, str] = {}
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._url = url
        self._chance = chance
        self._lock = threading.Lock()
        self._waiting: queue.Queue[Shipment | None] = queue.Queue()
        self._http = urllib3.PoolManager(retries=False, timeout=ANSWER_SECONDS, maxsize=SHIPPERS)
        self._threads = [threading.Thread(target=self._work) for _ in range(SHIPPERS)]
        self._given_up = False

    def ship(self, shipment: Shipment) -> None:
        """Send a batch as soon as a client is free."""
        self._waiting.put(shipment)

    def __enter__(self) -> "Shippers":
        """Start the threads."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Wait until all is accepted, unless an error ended the block."""
        self._given_up = error is not None
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (shipment := self._waiting.get()) is not None:
            while not self._given_up and not self._send(shipment):
                time.sleep(random.uniform(*PAUSE_SECONDS))
            if not self._given_up and self._chance.random() < SENT_AGAIN:
                self._send(shipment)

    def _send(self, shipment: Shipment) -> bool:
        """Send a batch; return True if it need not be sent again.

        A wrong answer ends it too.
        """
        try:
            answer = self._http.request("POST", self._url, body=shipment.body, headers=shipment.headers)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            self._record(type(error).__name__)
            return False
        self._record(str(answer.status))
        if answer.status in NOT_NOW:
            return False
        if answer.status != 202:
            self._record_wrong(f"an answer with status {answer.status}")
            return True
        log_ids = answer.json()["log_ids"]
        if len(log_ids) != len(shipment.texts) or (shipment.log_ids and log_ids != list(shipment.log_ids)):
            self._record_wrong("a 202 that does not name each log")
            return True
        with self._lock:
            for text, log_id in zip(shipment.texts, log_ids, strict=True):
                if self.accepted.setdefault((shipment.tenant, text), log_id) != log_id:
                    self.wrong.append("another id for a batch that was sent again")
        return True

    def _record(self, answer: str) -> None:
        with self._lock:
            self.answers[answer] += 1

    def _record_wrong(self, description: str) -> None:
        with self._lock:
            self.wrong.append(description)
