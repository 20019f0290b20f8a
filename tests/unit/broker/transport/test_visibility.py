"""Held messages: hidden by the heartbeat, settled with blocking calls."""

import logging
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from broker.transport.polling import PollingConnection
from broker.transport.visibility import TRIES, VisibilityHeartbeat, delete_now, make_visible_now
from tests.support.fault_proxy import FaultProxy
from tests.unit.broker.conftest import Loop, OwnQueue, allow_old_pycurl_calls

pytestmark = allow_old_pycurl_calls


def receive(queue: OwnQueue, count: int) -> list[str]:
    queue.send(*map(str, range(count)))
    return queue.receive(count)


def test_each_beat_extends_all_held_messages(
    queue: OwnQueue, connection: PollingConnection, loop: Loop, proxy: FaultProxy
) -> None:
    receipts = receive(queue, 12)
    extended: list[str] = []
    heartbeat = VisibilityHeartbeat(loop, lambda: connection, 1, lambda: {queue.url: receipts}, extended.extend)

    heartbeat.start()
    heartbeat.start()
    loop.run_until("second beat", lambda: len(extended) >= 2 * len(receipts))
    heartbeat.stop()

    assert set(extended) == set(receipts)
    # Two calls a beat, since SQS takes ten entries.
    assert proxy.calls["ChangeMessageVisibilityBatch"] >= 4


def test_a_failed_beat_extends_nothing_and_the_next_one_is_made(
    queue: OwnQueue, connection: PollingConnection, loop: Loop, proxy: FaultProxy
) -> None:
    receipts = receive(queue, 1)
    extended: list[str] = []
    heartbeat = VisibilityHeartbeat(loop, lambda: connection, 1, lambda: {queue.url: receipts}, extended.extend)
    proxy.status(503, "ServiceUnavailable", "sqs")

    heartbeat.start()
    loop.run_until("failed beat", lambda: proxy.calls["ChangeMessageVisibilityBatch"] >= 2)
    assert extended == []
    proxy.clear()

    loop.run_until("beat", lambda: extended == receipts)
    heartbeat.stop()


def test_released_messages_are_visible_at_once(queue: OwnQueue, sqs: Any) -> None:
    receipts = receive(queue, 11)

    assert make_visible_now(sqs, {queue.url: receipts})

    assert queue.count() == (11, 0)


def test_entries_that_sqs_fails_are_released_by_another_try(queue: OwnQueue, sqs: Any, proxy: FaultProxy) -> None:
    receipts = receive(queue, 4)
    proxy.fail_entries("ChangeMessageVisibilityBatch", every=2)

    assert make_visible_now(sqs, {queue.url: receipts})

    assert queue.count() == (4, 0)


def test_an_outage_ends_the_release(
    queue: OwnQueue, sqs: Any, proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    receipts = receive(queue, 11)
    proxy.status(503, "ServiceUnavailable", "sqs")

    with caplog.at_level(logging.WARNING):
        assert not make_visible_now(sqs, {queue.url: receipts})

    assert proxy.calls["ChangeMessageVisibilityBatch"] == 1
    assert "could not give back messages (ServiceUnavailable): 10" in caplog.text


def test_done_messages_are_deleted(queue: OwnQueue, sqs: Any) -> None:
    receipts = receive(queue, 11)

    delete_now(sqs, {queue.url: receipts})

    assert queue.count() == (0, 0)


@pytest.mark.parametrize(("is_senders_fault", "calls"), [(True, 1), (False, TRIES)])
def test_an_invalid_receipt_is_not_tried_again(is_senders_fault: bool, calls: int) -> None:
    client = boto3.client("sqs", region_name="eu-north-1", aws_access_key_id="a", aws_secret_access_key="b")
    failed = [{"Id": "0", "SenderFault": is_senders_fault, "Code": "ReceiptHandleIsInvalid"}]
    with Stubber(client) as stubber:
        for _ in range(calls):
            stubber.add_response("delete_message_batch", {"Successful": [], "Failed": failed})

        delete_now(client, {"https://sqs.test/1/queue": ["receipt"]})

        stubber.assert_no_pending_responses()
