"""What a worker holds: hidden while it lives, back soon when it dies, settled before it stops."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from broker.queues import sqs_client
from local.engine import Engine
from local.environment import engine_environment
from settings import ROOT
from tests.waiting import wait_for

VISIBILITY_SECONDS = 5


class NapWorker:
    """A Celery worker for tests.naps on a queue of its own."""

    def __init__(self, engine: Engine, prefix: str, directory: Path) -> None:
        self.environment = engine_environment(engine.url) | {
            "SLUICE_QUEUE_PREFIX": prefix,
            "SLUICE_VISIBILITY_TIMEOUT_SECONDS": str(VISIBILITY_SECONDS),
        }
        self.diary = directory / "diary"
        self.diary.touch()
        self._log = directory / "worker.log"
        self._process: subprocess.Popen[bytes] | None = None
        create = ["flask", "--app", "webapp", "broker", "create"]
        subprocess.run(create, env=self.environment, cwd=ROOT, check=True, capture_output=True)
        self._url = sqs_client().get_queue_url(QueueName=f"{prefix}redact")["QueueUrl"]

    def send(self, **naps: float) -> None:
        """Queue naps, by name and length in seconds."""
        calls = "".join(f"nap.apply_async(({name!r}, {length}, {str(self.diary)!r}));" for name, length in naps.items())
        script = f"from tests.naps import nap; {calls}"
        subprocess.run(["python", "-c", script], env=self.environment, cwd=ROOT, check=True)

    def start(self, pool: str = "prefork", concurrency: int = 1) -> psutil.Process:
        command = f"exec celery -A tests.naps worker -Q redact --pool {pool} -c {concurrency} --without-heartbeat"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, shell=True, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        return psutil.Process(self._process.pid)

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(60)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def lines(self) -> list[str]:
        return self.diary.read_text().splitlines()

    def wait_for_line(self, line: str) -> None:
        wait_for(repr(line), lambda: line in self.lines())

    def messages(self) -> tuple[int, int]:
        """How many are visible in the queue, and how many are held by somebody."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        attributes = sqs_client().get_queue_attributes(QueueUrl=self._url, AttributeNames=["All"])["Attributes"]
        visible, held = (int(attributes[name]) for name in names)
        return visible, held


@pytest.fixture
def worker(engine: Engine, tenant: str, tmp_path: Path) -> Iterator[NapWorker]:
    mine = NapWorker(engine, f"{tenant}-", tmp_path)
    yield mine
    mine.kill()


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_task_longer_than_the_visibility_timeout_runs_once(worker: NapWorker, pool: str) -> None:
    worker.send(long=2.2 * VISIBILITY_SECONDS, prefetched=0)
    worker.start(pool)

    worker.wait_for_line("long ended")
    wait_for("an empty queue", lambda: worker.messages() == (0, 0))

    assert sorted(worker.lines()) == ["long began", "long ended", "prefetched began", "prefetched ended"]


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_stopping_worker_finishes_and_acks_what_runs(worker: NapWorker, pool: str) -> None:
    worker.send(running=2)
    worker.start(pool)
    worker.wait_for_line("running began")

    assert worker.stop() == 0

    assert worker.lines() == ["running began", "running ended"]
    assert worker.messages() == (0, 0)


def test_a_stopping_worker_holds_nothing_back(worker: NapWorker) -> None:
    worker.send(**{f"nap{number}": 1.5 for number in range(4)})
    worker.start()
    wait_for("a nap that began", worker.lines)

    assert worker.stop() == 0

    began = [line for line in worker.lines() if line.endswith("began")]
    assert [line.replace("began", "ended") for line in began] == [
        line for line in worker.lines() if line.endswith("ended")
    ]
    assert worker.messages() == (4 - len(began), 0)


def test_a_killed_worker_gives_its_task_to_the_next_one(worker: NapWorker) -> None:
    worker.send(again=2)
    worker.start()
    worker.wait_for_line("again began")
    worker.kill()

    worker.start()

    worker.wait_for_line("again ended")
    assert worker.lines() == ["again began", "again began", "again ended"]
    wait_for("an empty queue", lambda: worker.messages() == (0, 0))


def test_a_killed_pool_process_gives_its_task_back(worker: NapWorker) -> None:
    worker.send(again=2)
    leader = worker.start()
    worker.wait_for_line("again began")

    (child, *_) = leader.children()
    child.kill()

    worker.wait_for_line("again ended")
    assert worker.lines() == ["again began", "again began", "again ended"]
    wait_for("an empty queue", lambda: worker.messages() == (0, 0))
    assert leader.is_running()
