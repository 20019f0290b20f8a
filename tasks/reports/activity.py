"""Counts of the tasks' activity, and the thread that writes them.

They go to TenantActivity. No task waits for a write, or fails with it.
"""

import threading
from datetime import UTC, datetime
from typing import Any

from celery.signals import worker_process_shutdown, worker_shutdown

from foundation.forks import after_fork_in_child
from foundation.outage import Outage
from models import Counts, TenantActivity
from observability import safe_error_summary

MAX_WAITING = 10_000
"""Pairs of tenant and minute that may wait to be written; further pairs are not counted meanwhile."""
FLUSH_SECONDS = 2.0
"""Time that a stopping worker waits for the last writes at most."""

TenantMinute = tuple[str, datetime]

_outage = Outage("counting activity in DynamoDB", quiet_seconds=10)


class ActivityWriter:
    """Writer of counts in a thread of its own.

    Counts that come during a write are added up and leave together, so a batch costs one UpdateItem at most. A write
    that fails is not tried again: DynamoDB may have done it.
    """

    def __init__(self) -> None:
        self._waiting: dict[TenantMinute, Counts] = {}
        self._writing = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def count(self, tenant_id: str, counts: Counts) -> None:
        """Add to a tenant's counts of the current minute; return at once."""
        tenant_minute = tenant_id, datetime.now(UTC).replace(second=0, microsecond=0)
        with self._changed:
            if len(self._waiting) >= MAX_WAITING and tenant_minute not in self._waiting:
                return
            self._waiting[tenant_minute] = self._waiting.get(tenant_minute, Counts()) + counts
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="activity", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float) -> None:
        """Wait until all is written, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._writing, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._writing = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._waiting)
                to_write, self._waiting = self._waiting, {}
                self._writing = True
            for (tenant_id, minute), counts in to_write.items():
                _write(tenant_id, minute, counts)


def _write(tenant_id: str, minute: datetime, counts: Counts) -> None:
    try:
        TenantActivity.add(tenant_id, minute, counts)
    except Exception as error:  # noqa: BLE001 - whatever it is, the thread must live
        _outage.record_failure(safe_error_summary(error))
    else:
        _outage.record_success()


_writer = ActivityWriter()


def count(tenant_id: str, counts: Counts) -> None:
    """Count what a task did for a tenant; return at once."""
    if counts != Counts():
        _writer.count(tenant_id, counts)


@after_fork_in_child
def _replace_writer() -> None:
    """Give a forked child a writer of its own.

    A child has none of its parent's threads.
    """
    global _writer
    _writer = ActivityWriter()


@worker_process_shutdown.connect
@worker_shutdown.connect
def _flush(**_: Any) -> None:
    _writer.flush(FLUSH_SECONDS)
