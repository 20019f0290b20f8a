"""Workers' events while SNS answers and while it does not."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.control import events
from foundation import outage
from local.engine import Engine
from local.ports import free_port
from models import LogRecord
from tasks.application import app
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.waiting import wait_for


@pytest.fixture
def workers_behind(proxy: FaultProxy, tmp_path: Path) -> Iterator[Processes]:
    """web, redact and store reach AWS through the proxy."""
    processes = Processes(tmp_path, proxy.url)
    try:
        processes.start("web", "redact", "store")
        yield processes
    finally:
        proxy.clear()
        codes = processes.stop()
    assert set(codes.values()) == {0}, codes


def test_workers_work_while_sns_hangs(proxy: FaultProxy, workers_behind: Processes, tenant: str) -> None:
    proxy.hang("sns")

    for number in range(30):
        answer = workers_behind.post(f"log {number}", content_type="text/plain", x_tenant_id=tenant)
        assert answer.status == 202

    wait_for("30 logs stored", lambda: len(LogRecord.for_tenant(tenant).records) == 30)
    for worker in ("redact", "store"):
        wait_for(
            f"a line about it in the log of {worker}",
            lambda worker=worker: "sending events fails" in workers_behind.log(worker),
        )
    proxy.clear()
    for worker in ("redact", "store"):
        wait_for(
            f"events of {worker} again",
            lambda worker=worker: "sending events works again" in workers_behind.log(worker),
        )
        assert workers_behind.log(worker).count("sending events") == 2


def test_unsent_events_are_kept_up_to_a_limit(caplog: pytest.LogCaptureFixture) -> None:
    with app.connection_for_write(f"sqs://nobody:nothing@127.0.0.1:{free_port()}") as connection:
        dispatcher = app.events.Dispatcher(connection, hostname="redact@here")

        with caplog.at_level(logging.WARNING, logger=outage.__name__):
            for _ in range(events.MAX_WAITING_MESSAGES + 50):
                dispatcher.send("worker-heartbeat", retry=True)
            wait_for("a failure to send", lambda: "sending events fails" in caplog.text)

        assert len(dispatcher.outbox) == events.MAX_WAITING_MESSAGES
        dispatcher.close()
        assert "events" not in {thread.name for thread in threading.enumerate()}


def test_waiting_events_leave_together(proxy: FaultProxy, caplog: pytest.LogCaptureFixture) -> None:
    proxy.refuse("sns")
    with app.connection_for_write(f"sqs://sluice:sluice@{proxy.url.removeprefix('http://')}") as connection:
        dispatcher = app.events.Dispatcher(connection, hostname="redact@here")
        with caplog.at_level(logging.WARNING, logger=outage.__name__):
            dispatcher.send("worker-online")
            wait_for("a failure to send", lambda: "sending events fails" in caplog.text)
        for _ in range(events.EVENTS_PER_MESSAGE):
            dispatcher.send("task-started", uuid="1")
        published = proxy.calls["Publish"]

        proxy.clear()
        wait_for("all of them sent", lambda: len(dispatcher.outbox) == 0)
        dispatcher.close()

    # One more than a message holds, and perhaps a try that was refused.
    assert proxy.calls["Publish"] - published <= 3


def test_merged_events_keep_their_order() -> None:
    messages = [{"body": body, "routing_key": f"key {body}"} for body in ("a", ["b", "c"], "d")]

    assert events.merge_messages(messages) == {"body": ["a", "b", "c", "d"], "routing_key": "key a"}
    assert events.merge_messages(messages[:1]) == messages[0]


def test_a_closing_dispatcher_sends_waiting_events(engine: Engine) -> None:
    with app.connection_for_write() as connection:
        dispatcher = app.events.Dispatcher(connection, hostname="redact@here")

        dispatcher.send("worker-offline")
        dispatcher.close()

    assert len(dispatcher.outbox) == 0
