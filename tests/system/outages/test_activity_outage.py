"""What the tasks do is counted beside them."""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from models import Counts, LogRecord, TenantActivity
from tasks import app
from tasks.activity import MAX_WAITING, ActivityWriter
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.waiting import wait_for

HOUR = timedelta(hours=1)


def counted(tenant: str) -> Counts:
    """Of this test, whose minutes may be several."""
    now = datetime.now(UTC)
    return total(row.counts for row in TenantActivity.between(tenant, now - HOUR, now + HOUR))


def total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


@pytest.fixture
def behind(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> FaultProxy:
    """The proxy, and the table of the activity behind it."""
    monkeypatch.setattr(TenantActivity.Meta, "host", proxy.url)
    monkeypatch.setattr(TenantActivity, "_connection", None)
    return proxy


def test_what_comes_during_a_write_leaves_together(behind: FaultProxy, tenant: str) -> None:
    writer = ActivityWriter()
    behind.delay_seconds = 0.5

    for _ in range(100):
        writer.count(tenant, Counts(accepted=1, redactions={"EMAIL": 2}))
    writer.flush(20)

    assert counted(tenant) == Counts(accepted=100, redactions={"EMAIL": 200})
    # One for the first, one for the others; a minute that begins meanwhile has its own.
    assert behind.calls["UpdateItem"] <= 4


def test_a_table_that_hangs_delays_nobody_and_takes_no_more_than_its_memory(behind: FaultProxy, tenant: str) -> None:
    writer = ActivityWriter()
    behind.hang("UpdateItem")

    began = time.process_time()
    for number in range(MAX_WAITING + 500):
        writer.count(f"{tenant}-{number}", Counts(accepted=1))
    writer.flush(0.1)

    assert time.process_time() - began < 30
    assert len(writer._waiting) <= MAX_WAITING


def test_what_a_batch_and_its_redelivery_count(processes: Processes, tenant: str) -> None:
    processes.start("web", "redact", "store")
    logs = [{"log_id": f"log-{number}", "text": f"call 555-123-456{number}, a@example.com, é"} for number in range(5)]

    for _ in range(2):
        assert processes.post(json.dumps(logs), content_type="application/json", x_tenant_id=tenant).status == 202
        wait_for("the stored logs", lambda: LogRecord.count(tenant) == 5)
    clash = json.dumps({"log_id": "log-0", "text": "another text"})
    assert processes.post(clash, content_type="application/json", x_tenant_id=tenant).status == 202

    size = 2 * sum(len(log["text"].encode()) for log in logs) + len("another text")
    expected = Counts(11, size, stored=5, failures=1, redactions={"PHONE": 5, "EMAIL": 5})
    wait_for("all counts", lambda: counted(tenant) == expected)


def test_a_worker_that_stops_has_written_its_counts(processes: Processes, tenant: str) -> None:
    processes.start("web", "redact", "store")
    assert processes.post("text", content_type="text/plain", x_tenant_id=tenant).status == 202
    wait_for("the stored log", lambda: LogRecord.count(tenant) == 1)

    assert processes.stop() == {"web": 0, "redact": 0, "store": 0}

    assert counted(tenant) == Counts(1, 4, stored=1)


def test_without_its_table_logs_are_stored_all_the_same(processes: Processes, tenant: str) -> None:
    processes.environment |= {"SLUICE_ACTIVITY_TABLE": "no-such-table"}
    processes.start("web", "redact", "store")

    assert processes.post("QUOKKA", content_type="text/plain", x_tenant_id=tenant).status == 202

    wait_for("the stored log", lambda: LogRecord.count(tenant) == 1)
    wait_for("a line about it", lambda: "counting activity in DynamoDB fails" in processes.log("store"))
    assert "QUOKKA" not in processes.log("store") + processes.log("redact")


def test_a_message_that_is_no_batch_counts_as_a_failure(processes: Processes, tenant: str) -> None:
    processes.start("redact")

    app.send_task("tasks.redact.redact", args=({"tenant_id": tenant, "nonsense": 1},))

    wait_for("its count", lambda: counted(tenant) == Counts(failures=1))
