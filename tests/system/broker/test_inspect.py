"""`celery inspect` over SQS and SNS, answered by the Procfile's workers."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from broker.control.names import is_worker_mailbox
from broker.queues import sqs_client
from local.engine import Engine
from settings import ROOT
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.waiting import wait_for

REDACT, STORE = (f"{name}@{socket.gethostname()}" for name in ("redact", "store"))
UNAVAILABLE = getattr(os, "EX_UNAVAILABLE", 69)
ANSWER_SECONDS = 3600
"""Longer than a test may take: a command has to end with the last answer."""

CALL_AGAIN = """
import sys
from broker.queues import sqs_client
from tasks.application import app
print(app.control.inspect(destination=sys.argv[1:], timeout=1).ping(), flush=True)
sys.stdin.readline()
for _ in range(3):
    print(app.control.inspect(destination=sys.argv[1:], timeout=3600).stats()[sys.argv[1]]["pid"])
urls = sqs_client().list_queues(QueueNamePrefix="inspected-")["QueueUrls"]
print(sum(url.endswith("-reply-celery-pidbox") for url in urls), "queue")
"""


def begin_celery(processes: Processes, *arguments: str) -> "subprocess.Popen[str]":
    """Start the `celery` command in the environment of some processes."""
    return subprocess.Popen(
        [ROOT / ".venv/bin/celery", "-A", "tasks", *arguments],
        env=processes.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def celery(processes: Processes, *arguments: str) -> tuple[int, str]:
    """Run the `celery` command; return its exit code and output."""
    command = begin_celery(processes, *arguments)
    output = command.communicate(timeout=60)[0]
    return command.returncode, output


def inspect(processes: Processes, command: str, *workers: str, seconds: int = ANSWER_SECONDS) -> dict[str, Any]:
    """Run `celery inspect`; return the replies by node name.

    There may be none within `seconds`.
    """
    destination = ["--destination", ",".join(workers)] if workers else []
    code, output = celery(processes, "inspect", command, *destination, "--timeout", str(seconds), "--json")
    assert code in (0, UNAVAILABLE), output
    answers: dict[str, Any] = json.loads(output) if code == 0 else {}
    return answers


def wait_until_answering(processes: Processes, *workers: str) -> None:
    """Wait until the workers reply, which begins shortly after they are ready."""
    wait_for("answers", lambda: inspect(processes, "ping", *workers, seconds=2).keys() == set(workers))


@pytest.fixture(scope="module")
def proxy(engine: Engine) -> Iterator[FaultProxy]:
    with FaultProxy(engine.url) as running:
        yield running


@pytest.fixture(scope="module")
def workers(proxy: FaultProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Start web, redact and store behind the proxy, with own queues."""
    processes = Processes(tmp_path_factory.mktemp("inspected"), proxy.url)
    try:
        processes.use_queues("inspected-")
        processes.start("web", "redact", "store")
        wait_until_answering(processes, REDACT, STORE)
        yield processes
    finally:
        proxy.clear()
        processes.stop()


def test_ping_without_a_destination_finds_every_worker(workers: Processes) -> None:
    code, output = celery(workers, "inspect", "ping", "--timeout", "2")

    assert code == 0, output
    assert f"->  {REDACT}: OK" in output
    assert f"->  {STORE}: OK" in output
    assert "2 nodes online" in output


def test_stats_show_process_and_pool_for_every_worker(workers: Processes) -> None:
    stats = inspect(workers, "stats", REDACT, STORE)

    assert {name: answer["pid"] for name, answer in stats.items()} == {
        REDACT: workers.pid("redact"),
        STORE: workers.pid("store"),
    }
    assert len(stats[REDACT]["pool"]["processes"]) == os.cpu_count()
    assert stats[STORE]["pool"]["max-concurrency"] == 8


def test_every_worker_has_both_tasks_registered(workers: Processes) -> None:
    registered = inspect(workers, "registered", REDACT, STORE)

    assert registered.keys() == {REDACT, STORE}
    for tasks in registered.values():
        assert {"tasks.redact.redact", "tasks.store.store"} <= set(tasks)


def test_every_worker_consumes_one_queue(workers: Processes) -> None:
    answers = inspect(workers, "active_queues", REDACT, STORE)

    assert {name: [queue["name"] for queue in queues] for name, queues in answers.items()} == {
        REDACT: ["redact"],
        STORE: ["store"],
    }


def test_a_running_task_is_active_and_shows_no_text(workers: Processes, proxy: FaultProxy, tenant: str) -> None:
    assert inspect(workers, "active", REDACT, STORE) == {REDACT: [], STORE: []}
    proxy.hang("BatchExecuteStatement")  # a store task waits for its answer
    workers.post("zanzibar quokka", content_type="text/plain", x_tenant_id=tenant)

    (task,) = wait_for("a running task", lambda: inspect(workers, "active", STORE)[STORE])
    proxy.clear()

    assert (task["name"], task["hostname"]) == ("tasks.store.store", STORE)
    assert f"(1 log of tenant {tenant})" in str(task["args"])
    assert "quokka" not in json.dumps(task)
    wait_for("no running task", lambda: inspect(workers, "active", STORE) == {STORE: []})


def test_a_late_answer_is_not_mistaken_for_the_next_answer(workers: Processes) -> None:
    os.kill(workers.pid("store"), signal.SIGSTOP)
    try:
        caller = subprocess.Popen(
            [sys.executable, "-c", CALL_AGAIN, STORE],
            env=workers.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert caller.stdout is not None
        assert caller.stdout.readline() == "None\n"
    finally:
        os.kill(workers.pid("store"), signal.SIGCONT)
    output = caller.communicate("\n", timeout=60)[0]

    pid = str(workers.pid("store"))
    assert output.splitlines() == [pid, pid, pid, "1 queue"]


def test_two_callers_at_once_are_both_answered(workers: Processes) -> None:
    both = ["inspect", "ping", "--destination", f"{REDACT},{STORE}", "--timeout", str(ANSWER_SECONDS), "--json"]
    callers = [begin_celery(workers, *both) for _ in range(2)]

    answers = [json.loads(caller.communicate(timeout=60)[0]) for caller in callers]

    assert answers == [{REDACT: {"ok": "pong"}, STORE: {"ok": "pong"}}] * 2


@pytest.mark.parametrize("command", [("inspect", "ping"), ("control", "rate_limit", "tasks.store.store", "1/s")])
def test_an_unknown_destination_ends_with_celerys_own_message(workers: Processes, command: tuple[str, ...]) -> None:
    code, output = celery(workers, *command, "--destination", "nobody@nowhere", "--timeout", "1")

    assert code == UNAVAILABLE
    assert output.splitlines() == ["Error: No nodes replied within time constraint"]


def test_a_restarted_worker_answers(workers: Processes) -> None:
    def mailboxes() -> set[str]:
        urls = sqs_client().list_queues(QueueNamePrefix="inspected-store").get("QueueUrls", [])
        return {name for url in urls if is_worker_mailbox(name := url.rsplit("/", 1)[-1], "inspected-")}

    before = mailboxes()
    os.kill(workers.pid("store"), signal.SIGTERM)
    wait_for("an end of store", lambda: not workers.is_running("store"))
    assert not mailboxes()

    workers.start("store")

    wait_until_answering(workers, STORE)
    assert len(mailboxes() - before) == 1
    assert inspect(workers, "stats", STORE)[STORE]["pid"] == workers.pid("store")
