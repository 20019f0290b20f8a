"""Tasks that are not due wait in SQS."""

import time
from datetime import UTC, datetime

from broker.transport.delays import CLOCK_SKEW_SECONDS
from tests.support.nap_worker import NapWorker
from tests.support.waiting import wait_for


def test_sqs_holds_a_task_with_a_countdown(worker: NapWorker) -> None:
    worker.start()
    worker.send({"countdown": 900}, later=0)
    worker.send(now=0)

    worker.wait_for_line("now ended")

    wait_for("a queue without other messages", lambda: worker.messages() == (0, 0))
    assert worker.count_delayed() == 1
    assert worker.lines() == ["now began", "now ended"]


def test_a_task_with_a_countdown_runs_when_it_is_due(worker: NapWorker) -> None:
    worker.start()
    due = time.time() + 3
    worker.send({"countdown": 3}, later=0)

    worker.wait_for_line("later ended")

    assert worker.diary.stat().st_mtime >= due - CLOCK_SKEW_SECONDS
    wait_for("an empty queue", lambda: worker.messages() == (0, 0))


def test_a_task_that_is_received_before_it_is_due_is_hidden_until_then(worker: NapWorker) -> None:
    # As after the longest delay that SQS knows, 900 s, of a task that is due in an hour.
    due = time.time() + 12
    worker.start()
    worker.send({"eta": datetime.fromtimestamp(due, UTC).isoformat(), "DelaySeconds": 0}, later=0)
    wait_for("a message that was received", lambda: worker.messages() == (0, 1))

    assert worker.stop() == 0
    assert worker.messages() == (0, 1), "a worker held it, and gave it back when it stopped"
    worker.start()

    worker.wait_for_line("later ended")
    assert worker.diary.stat().st_mtime >= due - CLOCK_SKEW_SECONDS
    wait_for("an empty queue", lambda: worker.messages() == (0, 0))
