"""Asynchronous calls to SQS: every failure is an answer."""

from typing import Any

import boto3
import pytest
from kombu.asynchronous.http import get_client

from broker.transport import polling
from broker.transport.polling import FAILED_STATUS, PollingConnection
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.unit.broker.conftest import Loop, OwnQueue, allow_old_pycurl_calls

pytestmark = allow_old_pycurl_calls


def poll(connection: PollingConnection, queue: OwnQueue, loop: Loop) -> dict[str, Any]:
    answers: list[dict[str, Any]] = []
    connection.receive_message(queue.name, queue.url, wait_time_seconds=0, callback=answers.append)
    loop.run_until("answer", lambda: answers)
    return answers[0]


def test_a_poll_brings_messages(queue: OwnQueue, connection: PollingConnection, loop: Loop) -> None:
    queue.send("QUOKKA")

    answer = poll(connection, queue, loop)

    assert [message["Body"] for message in answer["Messages"]] == ["QUOKKA"]


@pytest.mark.parametrize("status", [400, 403, 500, 503])
def test_a_failed_call_is_answered_with_the_status(
    queue: OwnQueue, connection: PollingConnection, loop: Loop, proxy: FaultProxy, status: int
) -> None:
    proxy.status(status, "Failure", "sqs")

    assert poll(connection, queue, loop) == {FAILED_STATUS: status}


def test_a_reset_connection_is_a_failed_call(
    queue: OwnQueue, connection: PollingConnection, loop: Loop, proxy: FaultProxy
) -> None:
    proxy.refuse("sqs")

    assert poll(connection, queue, loop) == {FAILED_STATUS: 599}


def test_a_hanging_call_is_given_up(
    queue: OwnQueue,
    connection: PollingConnection,
    loop: Loop,
    proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "ANSWER_SECONDS", 0.2)
    proxy.hang("sqs")

    assert poll(connection, queue, loop) == {FAILED_STATUS: 599}


def test_a_call_without_credentials_is_a_failed_call(queue: OwnQueue, loop: Loop, proxy: FaultProxy) -> None:
    client = boto3.client("sqs", region_name=settings.aws_region, endpoint_url=proxy.url)
    client._request_signer._credentials = None
    connection = PollingConnection(client, region=settings.aws_region, http_client=get_client(loop))

    assert poll(connection, queue, loop) == {FAILED_STATUS: 599}
    assert proxy.calls["ReceiveMessage"] == 0
