"""Tasks that are not due wait in SQS, and not in a worker."""

import time
from datetime import UTC, datetime, timedelta

from broker.transport.delays import get_seconds_until_due
from tests.support.nap_worker import NapWorker
from tests.support.waiting import wait_for


def test_a_countdown_is_the_delay_of_its_message(worker: NapWorker) -> None:
    worker.send({"countdown": 3}, later=0)

    assert worker.messages() == (0, 0)
    worker.start()
    worker.wait_for_line("later ended")


def test_what_arrives_before_it_is_due_is_hidden_until_then(worker: NapWorker) -> None:
    # As after the longest delay that SQS knows, 900 s, of a task that is due in an hour.
    due = time.time() + 12
    worker.start()
    worker.send({"eta": datetime.fromtimestamp(due, UTC).isoformat(), "DelaySeconds": 0}, later=0)
    wait_for("a message that was received", lambda: worker.messages() == (0, 1))

    assert worker.stop() == 0
    assert worker.messages() == (0, 1), "a worker held it, and gave it back when it stopped"
    worker.start()

    worker.wait_for_line("later ended")
    assert worker.diary.stat().st_mtime >= due - 1
    wait_for("an empty queue", lambda: worker.messages() == (0, 0))


def test_seconds_until_a_message_is_due() -> None:
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)

    assert 3590 < get_seconds_until_due({"headers": {"eta": in_an_hour.isoformat()}}) <= 3600
    assert 3590 < get_seconds_until_due({"headers": {"eta": in_an_hour.replace(tzinfo=None).isoformat()}}) <= 3600
    assert get_seconds_until_due({"headers": {"eta": "2026-01-31T12:00:00+00:00"}}) < 0
    for nonsense in ({}, {"headers": None}, {"headers": {"eta": None}}, {"headers": {"eta": "soon"}}):
        assert get_seconds_until_due(nonsense) == 0
