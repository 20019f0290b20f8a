"""Messages that are published together, and SQS's result for each."""

import base64
import json
from collections.abc import Iterator

import pytest
from celery import Celery
from kombu import Connection

import celeryconfig
from broker import UNAVAILABLE_ERRORS
from broker.queues import sqs_client
from broker.transport.sending import NotSent, Sending
from local.engine import Engine
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.support.queues import take_all


@pytest.fixture
def queues(engine: Engine, tenant: str) -> Iterator[list[str]]:
    """Create two queues; return their names without the prefix."""
    sqs = sqs_client()
    names = [tenant, f"{tenant}-too"]
    urls = [sqs.create_queue(QueueName=settings.queue_prefix + name)["QueueUrl"] for name in names]
    yield names
    for url in urls:
        sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def queue(queues: list[str]) -> str:
    return queues[0]


@pytest.fixture
def connection(proxy: FaultProxy) -> Iterator[Connection]:
    """Connect as the application does, through the proxy."""
    app = Celery("sending", broker=celeryconfig.broker_url)
    app.config_from_object(celeryconfig)
    assert settings.endpoint is not None
    url = celeryconfig.broker_url.replace(settings.endpoint.netloc, proxy.url.removeprefix("http://"))
    with app.connection_for_write(url) as mine:
        yield mine


def publish(connection: Connection, queue: str, *texts: str) -> None:
    producer = connection.Producer()
    for text in texts:
        producer.publish(text, routing_key=queue, serializer="json", MessageGroupId="group", DelaySeconds=0)


def take_texts(queue: str) -> list[str]:
    """Take all messages off a queue and return their texts."""
    messages = list(take_all(queue))
    assert {message["Attributes"]["MessageGroupId"] for message in messages} <= {"group"}
    return sorted(json.loads(base64.b64decode(json.loads(message["Body"])["body"])) for message in messages)


def test_messages_wait_for_send_and_leave_in_tens(proxy: FaultProxy, connection: Connection, queue: str) -> None:
    texts = [f"text {number:02}" for number in range(23)]
    with Sending() as sending:
        publish(connection, queue, *texts)
    assert take_texts(queue) == []

    sending.send()

    assert take_texts(queue) == texts
    assert proxy.calls["SendMessageBatch"] == 3
    assert proxy.calls["SendMessage"] == 0
    sending.send()
    assert proxy.calls["SendMessageBatch"] == 3


def test_a_call_holds_no_more_bytes_than_sqs_takes(proxy: FaultProxy, connection: Connection, queue: str) -> None:
    texts = [str(number) * 400_000 for number in range(4)]
    with Sending() as sending:
        publish(connection, queue, *texts)

    sending.send()

    assert take_texts(queue) == texts
    assert proxy.calls["SendMessageBatch"] == 4  # base64 makes 533 KB of each: two are more than 1 MiB


def test_queues_do_not_share_a_call(proxy: FaultProxy, connection: Connection, queues: list[str]) -> None:
    here, there = queues
    with Sending() as sending:
        for number in range(3):
            publish(connection, here, f"here {number}")
            publish(connection, there, f"there {number}")

    sending.send()

    assert proxy.calls["SendMessageBatch"] == 2
    assert take_texts(here) == ["here 0", "here 1", "here 2"]
    assert take_texts(there) == ["there 0", "there 1", "there 2"]


def test_only_messages_that_sqs_did_not_take_are_sent_again(
    proxy: FaultProxy, connection: Connection, queue: str
) -> None:
    texts = [f"text {number:02}" for number in range(15)]
    with Sending() as sending:
        publish(connection, queue, *texts)
    proxy.fail_entries("SendMessageBatch", every=4)

    with pytest.raises(NotSent, match=r"3 messages \(InternalError\)"):
        sending.send()
    proxy.clear()
    sending.send()

    assert take_texts(queue) == texts


def test_messages_left_by_an_outage_are_sent_after_it(proxy: FaultProxy, connection: Connection, queue: str) -> None:
    texts = [f"text {number:02}" for number in range(15)]
    publish(connection, queue, "finds the queue")
    with Sending() as sending:
        publish(connection, queue, *texts)
    proxy.status(503, "ServiceUnavailable", "sqs")

    with pytest.raises(UNAVAILABLE_ERRORS):
        sending.send()
    proxy.clear()
    sending.send()

    assert take_texts(queue) == ["finds the queue", *texts]


def test_a_message_leaves_at_once_outside_the_block(proxy: FaultProxy, connection: Connection, queue: str) -> None:
    with Sending():
        pass

    publish(connection, queue, "at once")

    assert take_texts(queue) == ["at once"]
