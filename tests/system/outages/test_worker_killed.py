"""Killed workers, and acks and messages that SQS refuses, lose no log.

Every log is stored once, leaves its queue, and is not in the failure queue.
"""

from collections.abc import Iterator

import psutil
import pytest

from local.engine import Engine
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.tracked_logs import COUNT, TrackedLogs
from tests.support.waiting import wait_for
from tests.support.witness import WORKERS

SENDS = ("SendMessage", "SendMessageBatch")
LAST_CALLS = {"redact": SENDS, "store": ("BatchExecuteStatement",)}
"""Last calls of a worker's task, by worker; while such a call hangs, the task runs."""


@pytest.fixture(scope="module")
def proxy(engine: Engine) -> Iterator[FaultProxy]:
    with FaultProxy(engine.url) as running:
        yield running


@pytest.fixture(scope="module")
def killed(engine: Engine, proxy: FaultProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Start web, and redact and store behind the proxy."""
    processes = Processes(tmp_path_factory.mktemp("killed"), engine.url)
    try:
        processes.use_queues("killed-")
        processes.start("web")
        processes.environment |= {"SLUICE_AWS_ENDPOINT_URL": proxy.url}
        processes.start(*WORKERS)
        yield processes
    finally:
        proxy.clear()
        processes.stop()


@pytest.fixture
def logs(killed: Processes, proxy: FaultProxy, tenant: str) -> Iterator[TrackedLogs]:
    yield TrackedLogs(killed, proxy, tenant)
    proxy.clear()


def test_logs_are_stored_once_when_a_pool_process_is_killed_during_a_task(
    killed: Processes, proxy: FaultProxy, logs: TrackedLogs
) -> None:
    worker = psutil.Process(killed.pid("redact"))
    children = worker.children()
    proxy.hang(*SENDS)
    logs.post()
    wait_for("children that all publish", lambda: logs.calls(*SENDS) >= len(children))

    children[0].kill()
    wait_for("a child that is missed", lambda: "WorkerLostError" in logs.log("redact"))
    proxy.clear()

    logs.wait_until_gone()
    assert worker.is_running()


@pytest.mark.parametrize("worker", WORKERS)
def test_logs_are_stored_once_when_a_worker_is_killed_during_tasks(
    worker: str, killed: Processes, proxy: FaultProxy, logs: TrackedLogs
) -> None:
    proxy.hang(*LAST_CALLS[worker])
    logs.post()
    wait_for("a task that runs", lambda: logs.calls(*LAST_CALLS[worker]))

    killed.kill(worker)
    assert not logs.successes(worker)
    proxy.clear()
    killed.start(worker)

    logs.wait_until_gone()


def test_logs_are_stored_once_when_workers_are_killed_before_their_acks(
    killed: Processes, proxy: FaultProxy, logs: TrackedLogs
) -> None:
    proxy.hang("DeleteMessageBatch")
    logs.post()
    logs.wait_until_succeeded()

    for worker in WORKERS:
        killed.kill(worker)
    assert [sum(logs.queued(worker)) for worker in WORKERS] == [COUNT, COUNT]
    proxy.clear()
    killed.start(*WORKERS)

    logs.wait_until_gone()
    for worker in WORKERS:
        assert sum(times >= 2 for times in logs.successes(worker).values()) == COUNT


def test_acks_that_sqs_refuses_are_sent_until_sqs_takes_them(proxy: FaultProxy, logs: TrackedLogs) -> None:
    proxy.fail_entries("DeleteMessageBatch", every=1)
    logs.post()
    logs.wait_until_succeeded()
    calls_per_beat = len(WORKERS) * COUNT // 10
    beats = logs.calls("ChangeMessageVisibilityBatch")
    # Three heartbeats are a visibility timeout.
    wait_for("four beats", lambda: logs.calls("ChangeMessageVisibilityBatch") >= beats + 4 * calls_per_beat)
    assert [logs.queued(worker) for worker in WORKERS] == [(0, COUNT), (0, COUNT)]

    proxy.fail_entries("DeleteMessageBatch", every=2)

    logs.wait_until_gone()
    for worker in WORKERS:
        assert set(logs.successes(worker).values()) == {1}


def test_messages_that_sqs_refuses_are_sent_again(proxy: FaultProxy, logs: TrackedLogs) -> None:
    proxy.fail_entries("SendMessageBatch", every=2)
    logs.post()

    logs.wait_until_gone()
    assert logs.calls("SendMessageBatch") > COUNT
    for worker in WORKERS:
        assert list(logs.successes(worker).values()) == [1] * COUNT
