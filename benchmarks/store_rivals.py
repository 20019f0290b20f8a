"""Rivals of `make bench-store`, each in a process of its own.

`python -m benchmarks.store_rivals insert 5 8` inserts for 5 seconds from 8 threads, and prints the figures as a line of
JSON.
"""

import json
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.log_lines import log_lines
from benchmarks.plain.record import PlainRecord, absent
from models import LogRecord
from models.tables.connection import get_insert_connection
from tasks.batch import RedactedBatch, RedactedLog
from tasks.store import store

BATCH = 1_000
"""Logs, as many as a message of Sluice's may hold."""
SAVES = 50
"""Logs between two looks at the clock, where each is a call."""
TIME = "2026-01-31T12:00:00.000Z"
LINES = log_lines(BATCH)


def insert(tenant_id: str) -> int:
    """Store a batch through the store worker's task."""
    logs = tuple(RedactedLog(uuid.uuid4().hex, line, line, TIME) for line in LINES)
    outcome = store.run(RedactedBatch(tenant_id, "bench", logs))
    assert outcome.unavailable is None
    assert not outcome.failed
    return BATCH


def save(tenant_id: str) -> int:
    """Put each log in a call of its own, without overwriting."""
    for line in LINES[:SAVES]:
        _record(tenant_id, line).save(absent)
    return SAVES


def batch_write(tenant_id: str) -> int:
    """Write with BatchWriteItem, 25 logs a call, which overwrites."""
    with PlainRecord.batch_write() as batch:
        for line in LINES:
            batch.save(_record(tenant_id, line))
    return BATCH


def _record(tenant_id: str, line: str) -> PlainRecord:
    return PlainRecord(
        tenant_id=tenant_id,
        log_id=uuid.uuid4().hex,
        original_text=line,
        modified_text=line,
        processed_at=TIME,
    )


RIVALS: dict[str, Callable[[str], int]] = {"insert": insert, "save": save, "batch_write": batch_write}


class Meter:
    """Sum of the write units that DynamoDB reports."""

    def __init__(self) -> None:
        self.units = 0.0
        for client in (get_insert_connection().client, PlainRecord._get_connection().connection.client):
            client.meta.events.register("after-call.dynamodb.*", self._add)

    def _add(self, parsed: dict[str, Any], **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        for table in [consumed] if isinstance(consumed, dict) else consumed:
            self.units += table["CapacityUnits"]


def main(name: str, seconds: float, threads: int) -> None:
    """Write for `seconds`, then print the rate."""
    write = RIVALS[name]
    # One tenant for each thread, so each thread has its own partition.
    tenants = [f"bench-{uuid.uuid4().hex}" for _ in range(threads)]
    meter = Meter()
    for model in (LogRecord, PlainRecord):
        model.exists()  # opens a connection

    def keep_writing(tenant_id: str) -> int:
        written = 0
        while time.perf_counter() < ends:
            written += write(tenant_id)
        return written

    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        ends = began + seconds
        records = sum(pool.map(keep_writing, tenants))
        took = time.perf_counter() - began
    print(json.dumps({"rate": records / took, "units": meter.units / records}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
