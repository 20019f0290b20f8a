"""Messages that one reader holds, until deleted or given back."""

import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from broker.failures import held_messages
from broker.failures.held_messages import HIDDEN_SECONDS, HeldMessages
from tests.support.fault_proxy import FaultProxy
from tests.support.waiting import wait_for
from tests.unit.broker.conftest import OwnQueue


@pytest.fixture(autouse=True)
def short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    # The engine is one server, so a receive without a wait finds all that is there.
    monkeypatch.setattr(held_messages, "POLL_SECONDS", 0)


@pytest.fixture
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as mine:
        yield mine


@pytest.fixture
def held(queue: OwnQueue, sqs: Any) -> HeldMessages:
    return HeldMessages(sqs, queue.url)


def receive_all(held: HeldMessages) -> list[str]:
    """Receive until there are no more; return the messages' ids."""
    message_ids: list[str] = []
    while new := held.receive():
        message_ids += [message["MessageId"] for message in new]
    return message_ids


def test_received_messages_are_hidden_and_counted(queue: OwnQueue, held: HeldMessages) -> None:
    queue.send(*map(str, range(12)))

    message_ids = receive_all(held)

    assert len(set(message_ids)) == len(held) == 12
    assert queue.count() == (0, 12)


def test_a_message_that_is_received_again_is_not_new(queue: OwnQueue, held: HeldMessages, sqs: Any) -> None:
    queue.send("a")
    (message,) = held.receive()
    sqs.change_message_visibility(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)

    assert held.receive() == []

    assert len(held) == 1
    assert held.delete([message["MessageId"]]) == {message["MessageId"]}
    assert queue.count() == (0, 0)


def test_deleted_messages_are_held_no_more(queue: OwnQueue, held: HeldMessages) -> None:
    queue.send(*map(str, range(11)))
    message_ids = receive_all(held)

    assert held.delete(message_ids) == set(message_ids)

    assert len(held) == 0
    assert queue.count() == (0, 0)
    assert held.delete(message_ids) == set()


def test_messages_that_sqs_does_not_delete_stay_held(queue: OwnQueue, held: HeldMessages, proxy: FaultProxy) -> None:
    queue.send(*map(str, range(10)))
    message_ids = receive_all(held)
    proxy.fail_entries("DeleteMessageBatch", every=2)

    deleted = held.delete(message_ids)

    assert len(deleted) == len(held) == 5
    assert queue.count() == (0, 5)


def test_messages_given_back_are_visible_at_once(queue: OwnQueue, held: HeldMessages, executor: Executor) -> None:
    queue.send(*map(str, range(12)))
    receive_all(held)

    assert sum(held.give_back(executor)) == 12

    assert len(held) == 0
    assert queue.count() == (12, 0)


def test_an_outage_ends_the_giving_back(
    queue: OwnQueue, held: HeldMessages, executor: Executor, proxy: FaultProxy
) -> None:
    queue.send("a")
    receive_all(held)
    proxy.status(503, "ServiceUnavailable", "sqs")

    assert list(held.give_back(executor)) == []

    assert len(held) == 1


def test_only_messages_that_will_soon_be_visible_are_extended(
    queue: OwnQueue, held: HeldMessages, executor: Executor, proxy: FaultProxy
) -> None:
    queue.send("a")
    receive_all(held)
    later = time.monotonic() + HIDDEN_SECONDS + 1

    def is_later() -> bool:
        held.extend(executor)
        return time.monotonic() > later

    held.extend(executor)
    assert proxy.calls["ChangeMessageVisibilityBatch"] == 0
    wait_for("a time when it would be visible", is_later)

    assert queue.count() == (0, 1)
    assert 1 <= proxy.calls["ChangeMessageVisibilityBatch"] <= 4


def test_a_reader_is_full_at_the_limit(queue: OwnQueue, sqs: Any) -> None:
    held = HeldMessages(sqs, queue.url, max_held=2)
    queue.send("a", "b")
    assert not held.is_full

    message_ids = receive_all(held)
    assert held.is_full

    held.delete(message_ids[:1])
    assert not held.is_full


def test_a_reader_is_full_after_over_limit_until_it_deletes(
    queue: OwnQueue, held: HeldMessages, proxy: FaultProxy
) -> None:
    queue.send("a")
    message_ids = receive_all(held)
    proxy.status(400, "AWS.SimpleQueueService.OverLimit", "ReceiveMessage")

    assert held.receive() == []
    assert held.is_full

    held.delete(message_ids)
    assert not held.is_full


def test_other_errors_from_sqs_reach_the_caller(held: HeldMessages, proxy: FaultProxy) -> None:
    proxy.status(403, "AccessDenied", "ReceiveMessage")

    with pytest.raises(ClientError):
        held.receive()
    assert not held.is_full
