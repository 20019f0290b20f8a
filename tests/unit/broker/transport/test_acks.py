"""Acks leave together, and are sent again while their receipts are valid."""

from collections.abc import Callable

import pytest

from broker.batching import BATCH_SIZE
from broker.transport import acks
from broker.transport.acks import AckBatches
from broker.transport.polling import PollingConnection
from tests.support.fault_proxy import FaultProxy
from tests.unit.broker.conftest import QUEUE_VISIBILITY_SECONDS, Loop, OwnQueue, allow_old_pycurl_calls

pytestmark = allow_old_pycurl_calls

Create = Callable[[float], AckBatches]


@pytest.fixture
def create(loop: Loop, connection: PollingConnection) -> Create:
    """Create acks whose receipts are valid for so many seconds."""
    return lambda receipt_seconds: AckBatches(loop, lambda: connection, receipt_seconds)


@pytest.fixture
def batches(create: Create) -> AckBatches:
    return create(QUEUE_VISIBILITY_SECONDS)


def receive(queue: OwnQueue, count: int) -> list[str]:
    queue.send(*map(str, range(count)))
    return queue.receive(count)


def test_ten_acks_leave_at_once_and_the_others_after_a_short_wait(
    queue: OwnQueue, batches: AckBatches, loop: Loop, proxy: FaultProxy
) -> None:
    receipts = receive(queue, BATCH_SIZE + 3)

    for receipt in receipts:
        batches.add(queue.url, receipt)
    loop.run_until("deleted messages", lambda: not batches.get_receipts())

    assert queue.count() == (0, 0)
    assert proxy.calls["DeleteMessageBatch"] == 2


def test_receipts_are_listed_until_their_messages_are_deleted(queue: OwnQueue, batches: AckBatches, loop: Loop) -> None:
    receipts = receive(queue, BATCH_SIZE + 1)

    for receipt in receipts:
        batches.add(queue.url, receipt)

    assert {queue.url: set(receipts)} == {url: set(held) for url, held in batches.get_receipts().items()}
    loop.run_until("deleted messages", lambda: queue.count() == (0, 0) and not batches.get_receipts())


def test_entries_that_sqs_fails_are_sent_again(
    queue: OwnQueue, batches: AckBatches, loop: Loop, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acks, "RETRY_SECONDS", 0.05)
    proxy.fail_entries("DeleteMessageBatch", every=2)

    for receipt in receive(queue, BATCH_SIZE):
        batches.add(queue.url, receipt)
    loop.run_until("deleted messages", lambda: not batches.get_receipts())

    assert queue.count() == (0, 0)
    assert proxy.calls["DeleteMessageBatch"] > 1


def test_acks_outlive_an_outage(
    queue: OwnQueue, batches: AckBatches, loop: Loop, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acks, "RETRY_SECONDS", 0.05)
    (receipt,) = receive(queue, 1)
    proxy.status(503, "ServiceUnavailable", "DeleteMessageBatch")

    batches.add(queue.url, receipt)
    loop.run_until("third try", lambda: proxy.calls["DeleteMessageBatch"] >= 3)
    proxy.clear()
    loop.run_until("deleted message", lambda: not batches.get_receipts())

    assert queue.count() == (0, 0)


def test_an_expired_receipt_is_given_up(queue: OwnQueue, create: Create, loop: Loop, proxy: FaultProxy) -> None:
    batches = create(0)
    (receipt,) = receive(queue, 1)
    proxy.status(503, "ServiceUnavailable", "DeleteMessageBatch")

    batches.add(queue.url, receipt)
    loop.run_until("end of the ack", lambda: not batches.get_receipts())

    assert proxy.calls["DeleteMessageBatch"] == 1


def test_an_extended_receipt_is_tried_again(
    queue: OwnQueue, create: Create, loop: Loop, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acks, "RETRY_SECONDS", 0.05)
    batches = create(0)
    (receipt,) = receive(queue, 1)
    proxy.status(503, "ServiceUnavailable", "DeleteMessageBatch")

    batches.add(queue.url, receipt)
    batches._receipt_seconds = QUEUE_VISIBILITY_SECONDS
    batches.extend({receipt, "another receipt"})
    loop.run_until("second try", lambda: proxy.calls["DeleteMessageBatch"] >= 2)

    assert batches.get_receipts() == {queue.url: [receipt]}


def test_taken_receipts_are_the_callers_to_delete(queue: OwnQueue, batches: AckBatches, loop: Loop) -> None:
    (receipt,) = receive(queue, 1)

    batches.add(queue.url, receipt)

    assert batches.take_receipts() == {queue.url: [receipt]}
    assert batches.get_receipts() == {}
    batches.flush()
    assert queue.count() == (0, 1)
