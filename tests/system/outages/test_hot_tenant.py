"""A store worker delays only the tenant that DynamoDB throttles."""

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
    "the call": lambda proxy, tenant: proxy.throttle_calls_for(tenant),
}


def publish(tenant: str, batches: int) -> None:
    for number in range(batches):
        logs = tuple(RedactedLog(f"{number}-{index}", "QUOKKA", "QUOKKA", "2026") for index in range(LOGS))
        store.apply_async((msgspec.to_builtins(RedactedBatch(tenant, "r", logs)),))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_throttled_tenant_waits_without_delaying_others(
    proxy: FaultProxy, tmp_path: Path, tenant: str, fault: str
) -> None:
    # Given a worker without retries, three times as many batches of a hot tenant as it has threads, and behind them
    # batches of another tenant.
    hot, other = f"{tenant}-hot", f"{tenant}-other"
    FAULTS[fault](proxy, hot)
    publish(hot, 24)
    publish(other, 20)
    processes = Processes(tmp_path, proxy.url, SLUICE_TASK_MAX_RETRIES="0")
    try:
        processes.start("store")

        # While no log of the hot tenant is stored, all logs of the other tenant are.
        wait_for("the other tenant's logs", lambda: LogRecord.count(other) == 20 * LOGS)
        wait_for(
            "hot batches that are given back", lambda: len(parse_outcome_lines(processes.log("store"), "again")) >= 24
        )
        assert LogRecord.count(hot) == 0

        proxy.clear()
        wait_for("the hot tenant's logs", lambda: LogRecord.count(hot) == 24 * LOGS)
    finally:
        processes.stop()

    # Waiting has used up no retry: the worker had none.
    assert not list_dead_letters(hot) + list_dead_letters(other)
    log = processes.log("store")
    assert log.count(f"DynamoDB throttles tenant {hot}; ") == 1
    assert "storing in DynamoDB fails" not in log
    assert "QUOKKA" not in log
