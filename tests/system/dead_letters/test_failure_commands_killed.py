"""Interrupted and killed commands on the failure queue lose no message.

Every log that a redrive puts back is stored once.
"""

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broker.failures.failure_queue import READERS
from models import LogRecord
from settings import ROOT
from tests.support.failure_queue import fail, visible
from tests.support.fault_proxy import FaultProxy
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.queues import count_messages
from tests.support.waiting import wait_for
from topology import FAILURES_QUEUE

COUNT = 150
LOG_IDS = [f"{number:03}" for number in range(COUNT)]

Started = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def failed(tenant: str, empty_failure_queue: None) -> None:
    """Put COUNT logs into the failure queue."""
    for log_id in LOG_IDS:
        fail(tenant, log_id, text=log_id)


@pytest.fixture
def start(processes: Processes, proxy: FaultProxy) -> Iterator[Started]:
    """Start commands that reach SQS through the proxy."""
    started = []

    def run(*arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [str(ROOT / ".venv/bin/flask"), "--app", "webapp", "failures", *arguments],
            env=processes.environment | {"SLUICE_AWS_ENDPOINT_URL": proxy.url},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Tests that run in the background of a shell ignore SIGINT, and their children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def count_held() -> int:
    return count_messages(FAILURES_QUEUE, "NotVisible")


@pytest.mark.usefixtures("failed")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_list_makes_every_message_visible_again(
    start: Started, proxy: FaultProxy, number: signal.Signals
) -> None:
    proxy.delay_seconds = 0.2
    command = start("list", "--json")
    wait_for("messages that it holds", lambda: count_held() > READERS)

    command.send_signal(number)
    output, _ = command.communicate()

    assert command.returncode == 1
    assert "Aborted!" in output
    assert (visible(), count_held()) == (COUNT, 0)


@pytest.mark.usefixtures("failed")
def test_an_interrupted_export_leaves_no_file(start: Started, proxy: FaultProxy, tmp_path: Path) -> None:
    proxy.delay_seconds = 0.2
    command = start("export", str(tmp_path / "failures.jsonl"))
    wait_for("messages that it holds", lambda: count_held() > READERS)

    command.send_signal(signal.SIGINT)
    command.communicate()

    assert not list(tmp_path.glob("failures*"))
    assert visible() == COUNT


@pytest.mark.usefixtures("failed")
def test_a_killed_redrive_loses_no_message_and_stores_each_log_once(
    start: Started, processes: Processes, proxy: FaultProxy, tenant: str
) -> None:
    processes.start("redact", "store")

    # Given a redrive that dies when SQS has taken messages and deleted none,
    proxy.hang("DeleteMessageBatch")
    command = start("redrive", "--all")
    wait_for("messages that are sent", lambda: proxy.calls["DeleteMessageBatch"])
    command.kill()
    command.wait()
    proxy.clear()
    assert visible() + count_held() == COUNT
    wait_for("all visible again", lambda: visible() == COUNT)

    # and a redrive that dies in the middle of many messages.
    proxy.delay_seconds = 0.5
    command = start("redrive", "--all")
    wait_for("messages that are deleted", lambda: visible() + count_held() < COUNT, every=0.02)
    command.kill()
    command.wait()
    proxy.delay_seconds = 0.0
    # SQS completes the call that was under way although the caller is dead.
    wait_for("all visible again", lambda: count_held() == 0)
    left = visible()
    assert left > 0

    done = start("redrive", "--all")
    output, _ = done.communicate()

    assert f"put back {left} messages" in output
    wait_for("each log in the table", lambda: LogRecord.count(tenant) == COUNT)
    for queue in ("redact", "store"):
        wait_for(f"an empty {queue}", lambda queue=queue: count_messages(queue, "", "NotVisible") == 0)
    assert sorted(record.original_text for record in read_records(tenant)) == LOG_IDS
    assert visible() + count_held() == 0
    # Messages were delivered more than once, so the store worker had duplicates to ignore.
    assert len(parse_outcome_lines(processes.log("redact"))) > COUNT


def read_records(tenant: str) -> Iterator[LogRecord]:
    yield from LogRecord.for_tenant(tenant, limit=1000).records
