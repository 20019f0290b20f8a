"""Workers' events over SNS, as `celery events` and Flower receive them."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.control.names import is_event_queue
from broker.queues import sqs_client
from local.engine import Engine
from settings import settings
from tests.support.event_dump import dump_events
from tests.support.processes import Processes
from tests.support.waiting import wait_for
from tests.system.broker.test_inspect import REDACT, STORE

SECRET = "zanzibar-quokka 555-123-4567"


@pytest.fixture
def dump(pipeline: Processes, tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """Run `celery events --dump`; yield it and its output file."""
    output = tmp_path / "dump"
    with dump_events(pipeline, output) as process:
        yield process, output


def event_queues() -> set[str]:
    urls = sqs_client().list_queues(QueueNamePrefix=settings.queue_prefix).get("QueueUrls", [])
    return {name for url in urls if is_event_queue(name := url.rsplit("/", 1)[-1], settings.queue_prefix)}


def workers_in_flower(processes: Processes) -> set[str]:
    """Return the workers that Flower shows as online."""
    workers = processes.get_flower("/workers?json=1").json()["data"]
    return {worker["hostname"] for worker in workers if worker["status"]}


def test_a_dump_shows_both_tasks_but_no_text(
    pipeline: Processes, dump: tuple["subprocess.Popen[bytes]", Path], tenant: str
) -> None:
    process, output = dump
    before = event_queues()

    def lines(*words: str) -> list[str]:
        return [line for line in output.read_text().splitlines() if all(word in line for word in words)]

    for worker in (REDACT, STORE):
        wait_for(f"a heartbeat of {worker}", lambda worker=worker: lines(worker, "] heartbeat"))
    pipeline.post(SECRET, content_type="text/plain", x_tenant_id=tenant)

    shown = f"args=(1 log of tenant {tenant}) kwargs={{}}"
    for worker, task in ((REDACT, "tasks.redact.redact"), (STORE, "tasks.store.store")):
        for event in ("task received", "task started", "task succeeded"):
            wait_for(f"{event} of {task}", lambda seen=(worker, event, task, shown): lines(*seen))
    assert not [word for word in SECRET.split() if word in output.read_text()]
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert event_queues() <= before


def test_two_flowers_show_the_same_workers(pipeline: Processes, engine: Engine, tmp_path: Path) -> None:
    second = Processes(tmp_path, engine.url)
    try:
        second.start("flower")
        for flower in (pipeline, second):
            wait_for(
                "both workers online in Flower", lambda flower=flower: {REDACT, STORE} <= workers_in_flower(flower)
            )
    finally:
        codes = second.stop()

    assert codes == {"flower": 0}
    assert {REDACT, STORE} <= workers_in_flower(pipeline)
