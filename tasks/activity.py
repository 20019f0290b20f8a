"""Tells TenantActivity what the tasks do, beside them: no task waits for it, or fails with it."""

import threading
from datetime import UTC, datetime
from typing import Any

from celery.signals import worker_process_shutdown, worker_shutdown

from foundation.forks import after_fork_in_child
from foundation.outage import Outage
from models import Counts, TenantActivity
from observability import safe_error_summary

MAX_WAITING = 10_000
"""Minutes of tenants that may wait to be written; what comes to others meanwhile is not counted."""
LAST_SECONDS = 2.0
"""What a worker that stops waits for those at most."""

Key = tuple[str, datetime]

_outage = Outage("counting activity in DynamoDB", quiet_seconds=10)


class ActivityWriter:
    """Writes from a thread of its own.

    What comes while a write is under way is added up and leaves together, so a batch costs one UpdateItem at most. A
    write that fails is not tried again: DynamoDB may have done it.
    """

    def __init__(self) -> None:
        self._waiting: dict[Key, Counts] = {}
        self._writing = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def note(self, tenant_id: str, counts: Counts) -> None:
        """Count something of now."""
        key = tenant_id, datetime.now(UTC).replace(second=0, microsecond=0)
        with self._changed:
            if len(self._waiting) >= MAX_WAITING and key not in self._waiting:
                return
            self._waiting[key] = self._waiting.get(key, Counts()) + counts
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
                some, self._waiting = self._waiting, {}
                self._writing = True
            for (tenant_id, minute), counts in some.items():
                _write(tenant_id, minute, counts)


def _write(tenant_id: str, minute: datetime, counts: Counts) -> None:
    try:
        TenantActivity.add(tenant_id, minute, counts)
    except Exception as error:  # noqa: BLE001 - whatever it is, the thread must live
        _outage.record_failure(safe_error_summary(error))
    else:
        _outage.record_success()


_writer = ActivityWriter()


def note(tenant_id: str, counts: Counts) -> None:
    """Count what was done for a tenant; returns at once."""
    if counts != Counts():
        _writer.note(tenant_id, counts)


@after_fork_in_child
def _begin_anew() -> None:
    """A child has none of its parent's threads."""
    global _writer
    _writer = ActivityWriter()


@worker_process_shutdown.connect
@worker_shutdown.connect
def _end(**_: Any) -> None:
    _writer.flush(LAST_SECONDS)
