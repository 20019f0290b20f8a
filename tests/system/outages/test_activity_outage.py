"""Outages of the activity table delay no task."""

import time

import pytest

from models import Counts, LogRecord, TenantActivity
from tasks.reports.activity import MAX_WAITING, ActivityWriter
from tests.support.activity import count_activity
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.waiting import wait_for


@pytest.fixture
def activity_proxy(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> FaultProxy:
    """Put the activity table behind the proxy."""
    monkeypatch.setattr(TenantActivity.Meta, "host", proxy.url)
    monkeypatch.setattr(TenantActivity, "_connection", None)
    return proxy


def test_counts_that_arrive_during_a_write_leave_in_one_write(activity_proxy: FaultProxy, tenant: str) -> None:
    writer = ActivityWriter()
    activity_proxy.delay_seconds = 0.5

    for _ in range(100):
        writer.count(tenant, Counts(accepted=1, redactions={"EMAIL": 2}))
    writer.flush(20)

    assert count_activity(tenant) == Counts(accepted=100, redactions={"EMAIL": 200})
    # One write for the first count, one for the others; a minute that begins meanwhile has a row of its own.
    assert activity_proxy.calls["UpdateItem"] <= 4


def test_a_hanging_table_delays_no_task_and_keeps_memory_bounded(activity_proxy: FaultProxy, tenant: str) -> None:
    writer = ActivityWriter()
    activity_proxy.hang("UpdateItem")

    began = time.process_time()
    for number in range(MAX_WAITING + 500):
        writer.count(f"{tenant}-{number}", Counts(accepted=1))
    writer.flush(0.1)

    assert time.process_time() - began < 30
    assert len(writer._waiting) <= MAX_WAITING


def test_a_stopping_worker_writes_the_waiting_counts(processes: Processes, tenant: str) -> None:
    processes.start("web", "redact", "store")
    assert processes.post("text", content_type="text/plain", x_tenant_id=tenant).status == 202
    wait_for("the stored log", lambda: LogRecord.count(tenant) == 1)

    assert processes.stop() == {"web": 0, "redact": 0, "store": 0}

    assert count_activity(tenant) == Counts(1, 4, stored=1)


def test_logs_are_stored_without_the_activity_table(processes: Processes, tenant: str) -> None:
    processes.environment |= {"SLUICE_ACTIVITY_TABLE": "no-such-table"}
    processes.start("web", "redact", "store")

    assert processes.post("QUOKKA", content_type="text/plain", x_tenant_id=tenant).status == 202

    wait_for("the stored log", lambda: LogRecord.count(tenant) == 1)
    wait_for("a line about it", lambda: "counting activity in DynamoDB fails" in processes.log("store"))
    assert "QUOKKA" not in processes.log("store") + processes.log("redact")
