"""A channel on the event loop: its polls, its acks, its outages."""

import base64
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from kombu import Connection, Message

import celeryconfig
from broker.transport.channel import Channel
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.unit.broker.conftest import Loop, OwnQueue, allow_old_pycurl_calls

pytestmark = allow_old_pycurl_calls


class Received(list[Message]):
    """The messages that a channel has delivered."""

    @property
    def texts(self) -> list[Any]:
        return [message.payload for message in self]


@pytest.fixture
def kombu_connection(proxy: FaultProxy, loop: Loop) -> Iterator[Connection]:
    """Connect as the application does, through the proxy, with an event loop."""
    app = Celery("polling", broker=celeryconfig.broker_url)
    app.config_from_object(celeryconfig)
    assert settings.endpoint is not None
    url = celeryconfig.broker_url.replace(settings.endpoint.netloc, proxy.url.removeprefix("http://"))
    with app.connection_for_read(url) as mine:
        yield mine
        proxy.clear()


@pytest.fixture
def channel(kombu_connection: Connection) -> Channel:
    mine: Channel = kombu_connection.default_channel
    mine.wait_time_seconds = 0
    mine.qos.prefetch_count = 10
    return mine


@pytest.fixture
def received(channel: Channel, kombu_connection: Connection, queue: OwnQueue) -> Received:
    messages = Received()
    consumer = kombu_connection.Consumer(
        kombu_connection.SimpleQueue(queue.name, channel=channel).queue, on_message=messages.append, channel=channel
    )
    consumer.consume()
    return messages


def envelope(text: str, eta: datetime | None = None) -> str:
    """Return a Celery message as SQS has it."""
    return json.dumps(
        {
            "body": base64.b64encode(json.dumps(text).encode()).decode(),
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": {"eta": eta.isoformat() if eta else None},
            "properties": {"body_encoding": "base64", "delivery_info": {}, "delivery_mode": 2},
        }
    )


def count_held(channel: Channel) -> int:
    return sum(map(len, channel.qos.get_held().values()))


def test_messages_are_delivered_and_acked(queue: OwnQueue, channel: Channel, received: Received, loop: Loop) -> None:
    queue.send(*(envelope(str(number)) for number in range(3)))

    loop.run_until("messages", lambda: len(received) == 3)
    assert count_held(channel) == 3
    for message in received:
        message.ack()
    loop.run_until("deleted messages", lambda: queue.count() == (0, 0))

    assert sorted(received.texts) == ["0", "1", "2"]
    assert channel.qos.get_held() == {}


def test_polls_go_on_after_an_outage_that_is_logged_once_at_each_end(
    queue: OwnQueue,
    channel: Channel,
    received: Received,
    loop: Loop,
    proxy: FaultProxy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = channel.canonical_queue_name(queue.name)
    proxy.status(503, "ServiceUnavailable", "sqs")
    with caplog.at_level(logging.WARNING):
        loop.run_until("failed polls", lambda: proxy.calls["ReceiveMessage"] >= 3 and channel.has_outage(name))
        proxy.clear()
        queue.send(envelope("after it"))
        loop.run_until("message", lambda: received.texts == ["after it"])

    assert not channel.has_outage(name)
    assert caplog.text.count(f"polling {queue.name} fails (status 503)") == 1
    assert caplog.text.count(f"polling {queue.name} works again") == 1


def test_a_rejected_message_is_visible_again_after_the_outage(
    queue: OwnQueue, channel: Channel, received: Received, loop: Loop, proxy: FaultProxy
) -> None:
    queue.send(envelope("again"))
    loop.run_until("message", lambda: len(received) == 1)
    proxy.status(503, "ServiceUnavailable", "sqs")
    loop.run_until("outage", lambda: channel.has_outage(channel.canonical_queue_name(queue.name)))

    received[0].requeue()
    assert channel.qos.get_held() == {}
    proxy.clear()

    loop.run_until("message", lambda: received.texts == ["again", "again"])


def test_a_message_that_is_not_due_is_hidden_and_not_delivered(
    queue: OwnQueue, channel: Channel, received: Received, loop: Loop
) -> None:
    queue.send(envelope("later", datetime.now(UTC) + timedelta(hours=1)))

    loop.run_until("hidden message", lambda: queue.count() == (0, 1))
    queue.send(envelope("now"))
    loop.run_until("message", lambda: len(received) == 1)

    assert received.texts == ["now"]


def test_a_due_message_has_no_eta_for_celery_to_wait_for(
    queue: OwnQueue, channel: Channel, received: Received, loop: Loop
) -> None:
    queue.send(envelope("due", datetime.now(UTC) - timedelta(hours=1)))

    loop.run_until("message", lambda: len(received) == 1)

    assert received[0].headers["eta"] is None


def test_an_unreadable_message_does_not_keep_others_from_delivery(
    queue: OwnQueue, channel: Channel, received: Received, loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    unreadable = json.dumps({"body": "QUOKKA", "properties": "none", "headers": {}})
    with caplog.at_level(logging.DEBUG):
        queue.send(unreadable, envelope("readable"))
        loop.run_until("message", lambda: received.texts == ["readable"])
        loop.run_until("log line", lambda: f"a message of {queue.name} can't be read" in caplog.text)

    assert "QUOKKA" not in caplog.text


def test_no_more_than_the_prefetch_is_held(queue: OwnQueue, channel: Channel, received: Received, loop: Loop) -> None:
    channel.qos.prefetch_count = 2
    queue.send(*(envelope(str(number)) for number in range(5)))

    loop.run_until("messages", lambda: len(received) == 2)
    received[0].ack()

    loop.run_until("next message", lambda: len(received) == 3)
    assert count_held(channel) == 2


def test_all_messages_but_the_running_ones_are_given_back(
    queue: OwnQueue, channel: Channel, received: Received, loop: Loop
) -> None:
    queue.send(*(envelope(str(number)) for number in range(3)))
    loop.run_until("messages", lambda: len(received) == 3)

    channel.give_back_all_but({received[0].delivery_tag})

    assert queue.count() == (2, 1)
    assert count_held(channel) == 1


def test_a_closing_channel_acks_done_messages_and_gives_back_the_rest(
    queue: OwnQueue, channel: Channel, received: Received, loop: Loop
) -> None:
    queue.send(*(envelope(str(number)) for number in range(3)))
    loop.run_until("messages", lambda: len(received) == 3)

    received[0].ack()
    channel.close()

    assert queue.count() == (2, 0)
