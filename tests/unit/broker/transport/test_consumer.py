"""Foreign messages: rejected, and not quoted in the log."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery
from kombu import Connection, Message, Queue

from broker.transport.consumer import Consumer
from topology import FAILURES_QUEUE, MAX_RECEIVES

SECRET = "QUOKKA"

Receive = Callable[..., Message]


@pytest.fixture
def consumer() -> Consumer:
    """Create the consumer of a worker that is not started."""
    app = Celery("foreign", broker="memory://")
    app.conf.update(worker_consumer="broker.transport.consumer:Consumer", task_ignore_result=True)
    consumer: Consumer = app.WorkController(hostname="redact@here", pool="solo").consumer
    consumer.update_strategies()
    return consumer


@pytest.fixture
def receive() -> Iterator[Receive]:
    """Send a message over memory; return it as a worker receives it."""
    with Connection("memory://") as connection:
        messages: list[Message] = []

        def send_and_receive(body: Any, **options: Any) -> Message:
            connection.Producer().publish(body, routing_key="foreign", **options)
            connection.drain_events(timeout=5)
            return messages.pop()

        with connection.Consumer([Queue("foreign", routing_key="foreign")], on_message=messages.append):
            yield send_and_receive


def handle(consumer: Consumer, message: Message, caplog: pytest.LogCaptureFixture) -> str:
    """Handle the message as a worker does, and return the log."""
    with caplog.at_level(logging.DEBUG):
        consumer.create_task_handler()(message)
    return caplog.text


@pytest.mark.parametrize(
    ("body", "options", "reason"),
    [
        (SECRET, {"content_type": "application/json", "content_encoding": "utf-8"}, "can't be decoded"),
        ({"text": SECRET}, {}, "is not a Celery message"),
        (SECRET, {"headers": {"task": "no.such.task", "id": "1"}}, "names the unknown task 'no.such.task'"),
        (SECRET, {"headers": {"task": ["known"], "id": "1"}}, "can't be taken (TypeError)"),
    ],
    ids=["undecodable", "no task", "unknown task", "unexpected"],
)
def test_a_foreign_message_is_rejected_and_not_quoted(
    consumer: Consumer,
    receive: Receive,
    caplog: pytest.LogCaptureFixture,
    body: Any,
    options: dict[str, Any],
    reason: str,
) -> None:
    message = receive(body, **options)

    log = handle(consumer, message, caplog)

    assert f"a message of foreign {reason}" in log
    assert f"SQS moves it to {FAILURES_QUEUE} after {MAX_RECEIVES} receives" in log
    assert SECRET not in log
    assert message._state == "REJECTED"


def test_an_invalid_task_is_rejected_and_not_quoted(
    consumer: Consumer, receive: Receive, caplog: pytest.LogCaptureFixture
) -> None:
    message = receive(SECRET)

    with caplog.at_level(logging.DEBUG):
        consumer.on_invalid_task(SECRET, message, ValueError(SECRET))

    assert "a message of foreign can't be run (ValueError)" in caplog.text
    assert SECRET not in caplog.text
    assert message._state == "REJECTED"


def test_a_long_task_name_is_cut(consumer: Consumer, receive: Receive, caplog: pytest.LogCaptureFixture) -> None:
    message = receive("", headers={"task": "x" * 1000, "id": "1"})

    assert "x" * 100 not in handle(consumer, message, caplog)
