"""Messages that a worker holds, while it lives and after it ends."""

import pytest

from tests.support.nap_worker import VISIBILITY_SECONDS, NapWorker
from tests.support.waiting import wait_for


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


def test_a_stopping_worker_gives_back_every_waiting_message(worker: NapWorker) -> None:
    worker.send(**{f"nap{number}": 1.5 for number in range(4)})
    worker.start()
    wait_for("a nap that began", worker.lines)

    assert worker.stop() == 0

    began = [line for line in worker.lines() if line.endswith("began")]
    assert [line.replace("began", "ended") for line in began] == [
        line for line in worker.lines() if line.endswith("ended")
    ]
    assert worker.messages() == (4 - len(began), 0)


def test_the_next_worker_runs_the_task_that_a_killed_worker_had(worker: NapWorker) -> None:
    worker.send(again=2)
    worker.start()
    worker.wait_for_line("again began")
    worker.kill()

    worker.start()

    worker.wait_for_line("again ended")
    assert worker.lines() == ["again began", "again began", "again ended"]
    wait_for("an empty queue", lambda: worker.messages() == (0, 0))


def test_the_worker_runs_the_task_that_a_killed_pool_process_had(worker: NapWorker) -> None:
    worker.send(again=2)
    leader = worker.start()
    worker.wait_for_line("again began")

    (child, *_) = leader.children()
    child.kill()

    worker.wait_for_line("again ended")
    assert worker.lines() == ["again began", "again began", "again ended"]
    wait_for("an empty queue", lambda: worker.messages() == (0, 0))
    assert leader.is_running()
