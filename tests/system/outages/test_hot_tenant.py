"""A tenant whose partition is throttled, in a real store worker: it waits, the others don't, and nothing is lost."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from models import LogRecord
from tasks.batch import RedactedBatch, RedactedLog
from tasks.store import store
from tests.support.failure_queue import list_dead_letters
from tests.support.fault_proxy import FaultProxy
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.waiting import wait_for

LOGS = 10
FAULTS: dict[str, Callable[[FaultProxy, str], None]] = {
    "each statement": lambda proxy, tenant: proxy.fail_statements(1.0, 1, tenant),
    "the call": lambda proxy, tenant: proxy.throttle_calls_of(tenant),
}


def publish(tenant: str, batches: int) -> None:
    for number in range(batches):
        logs = tuple(RedactedLog(f"{number}-{place}", "QUOKKA", "QUOKKA", "2026") for place in range(LOGS))
        store.apply_async((msgspec.to_builtins(RedactedBatch(tenant, "r", logs)),))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_hot_tenant_waits_alone(proxy: FaultProxy, tmp_path: Path, tenant: str, fault: str) -> None:
    # Given a worker that may not try anything twice, three times as many batches of a hot tenant as it has threads, and
    # behind them those of another tenant.
    hot, other = f"{tenant}-hot", f"{tenant}-other"
    FAULTS[fault](proxy, hot)
    publish(hot, 24)
    publish(other, 20)
    processes = Processes(tmp_path, proxy.url, SLUICE_TASK_MAX_RETRIES="0")
    try:
        processes.start("store")

        # While not one log of the hot tenant is taken, all of the other's are stored.
        wait_for("the other tenant's logs", lambda: LogRecord.count(other) == 20 * LOGS)
        wait_for(
            "hot batches that are given back", lambda: len(parse_outcome_lines(processes.log("store"), "again")) >= 24
        )
        assert LogRecord.count(hot) == 0

        proxy.clear()
        wait_for("the hot tenant's logs", lambda: LogRecord.count(hot) == 24 * LOGS)
    finally:
        processes.stop()

    # Waiting has cost no try: there was none.
    assert not list_dead_letters(hot) + list_dead_letters(other)
    log = processes.log("store")
    assert log.count(f"DynamoDB throttles tenant {hot}; ") == 1
    assert "storing in DynamoDB fails" not in log
    assert "QUOKKA" not in log
