"""A stopping worker gives back what waits and cuts off what runs."""

import pytest

from tests.support.nap_worker import NapWorker
from tests.support.waiting import wait_for


def test_a_stopping_worker_gives_back_prefetched_messages_while_a_task_runs(worker: NapWorker) -> None:
    worker.send(running=6, waiting=0, waiting_too=0)
    worker.start(prefetch=3)
    worker.wait_for_line("running began")
    wait_for("all three held", lambda: worker.messages() == (0, 3))

    worker.terminate()

    wait_for("two given back", lambda: worker.messages() == (2, 1))
    assert worker.lines() == ["running began"]
    assert worker.wait() == 0
    assert worker.lines() == ["running began", "running ended"]
    assert worker.messages() == (2, 0)


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_task_that_outlasts_the_stop_is_cut_off_and_runs_again(worker: NapWorker, pool: str) -> None:
    worker.environment |= {"SLUICE_DRAIN_SECONDS": "1"}
    worker.send(endless=3600)
    worker.start(pool, prefetch=1)
    worker.wait_for_line("endless began")

    assert worker.stop() == 0

    assert worker.messages() == (1, 0)
    assert worker.lines() == ["endless began"]
    assert "1 task still runs after 1 s" in worker.log()
    assert not worker.control_queues()
