"""The fault proxy hits operations, entries and statements as asked."""

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from models import LogRecord, Verdict
from models.logs.write.duplicate import Item
from models.logs.write.partiql import insert_chunk
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.support.inserts import build_items, connect_to

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def sqs(proxy: FaultProxy) -> "SQSClient":
    assert settings.engine_credentials
    key, secret = settings.engine_credentials
    return boto3.client(
        "sqs",
        region_name=settings.aws_region,
        endpoint_url=proxy.url,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )


@pytest.fixture
def url(sqs: "SQSClient", tenant: str) -> str:
    """Make a queue and return its URL."""
    return sqs.create_queue(QueueName=tenant)["QueueUrl"]


def send(sqs: "SQSClient", url: str, count: int) -> tuple[list[str], list[str]]:
    """Send `count` messages; return the sent ids and the failed ones."""
    entries = [{"Id": str(index), "MessageBody": f"message {index}"} for index in range(count)]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    failed = answer.get("Failed", [])
    assert all(entry["Code"] == "InternalError" and not entry["SenderFault"] for entry in failed)
    return [entry["Id"] for entry in answer.get("Successful", [])], [entry["Id"] for entry in failed]


def received(sqs: "SQSClient", url: str) -> dict[str, str]:
    """Receive messages, and return receipt handles by body."""
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return {message["Body"]: message["ReceiptHandle"] for message in messages}


def test_a_fault_hits_only_the_named_operation(proxy: FaultProxy, sqs: "SQSClient", url: str) -> None:
    proxy.status(400, "InvalidParameterValue", "SendMessageBatch")

    with pytest.raises(ClientError, match="InvalidParameterValue"):
        send(sqs, url, 1)
    sqs.send_message(QueueUrl=url, MessageBody="message")
    proxy.clear()

    assert send(sqs, url, 1) == (["0"], [])
    assert received(sqs, url).keys() == {"message", "message 0"}


def test_every_second_entry_fails_by_default(proxy: FaultProxy, sqs: "SQSClient", url: str) -> None:
    proxy.fail_entries("SendMessageBatch")

    assert send(sqs, url, 3) == (["0", "2"], ["1"])
    assert send(sqs, url, 3) == (["1"], ["0", "2"])

    assert sorted(received(sqs, url)) == ["message 0", "message 1", "message 2"]


def test_an_answer_is_lost_after_the_engine_has_done_the_call(proxy: FaultProxy, sqs: "SQSClient", url: str) -> None:
    proxy.lose_answers(1.0, 1, "SendMessageBatch")

    with pytest.raises(BotoCoreError):
        send(sqs, url, 1)
    proxy.clear()

    assert received(sqs, url).keys() == {"message 0"}


@pytest.mark.parametrize(("share", "verdict"), [(0.0, Verdict.STORED), (1.0, Verdict.THROTTLED)])
def test_all_statements_or_none_are_throttled_by_share(
    proxy: FaultProxy, tenant: str, share: float, verdict: Verdict
) -> None:
    proxy.fail_statements(share, 1)

    assert insert(proxy, build_items(tenant, 20)) == [verdict] * 20


def test_throttled_statements_are_named_by_index(proxy: FaultProxy, tenant: str) -> None:
    proxy.fail_statements(0.5, 1)

    verdicts = insert(proxy, build_items(tenant, 20))

    stored = [log_id for log_id, verdict in enumerate(verdicts) if verdict is Verdict.STORED]
    assert 0 < len(stored) < 20
    assert [record.log_id for record in LogRecord.for_tenant(tenant).records] == [f"{log_id:03}" for log_id in stored]


def test_only_statements_for_the_named_tenant_are_throttled(proxy: FaultProxy, tenant: str) -> None:
    proxy.fail_statements(1.0, 1, tenant)

    verdicts = insert(proxy, [*build_items(tenant, 2), *build_items(f"{tenant}-other", 2)])

    assert verdicts == [Verdict.THROTTLED] * 2 + [Verdict.STORED] * 2


def insert(proxy: FaultProxy, items: list[Item]) -> list[Verdict]:
    return insert_chunk(connect_to(proxy.url), settings.logs_table, items, lambda _code: None)


def test_every_entry_fails_with_every_1(proxy: FaultProxy, sqs: "SQSClient", url: str) -> None:
    send(sqs, url, 2)
    entries = [{"Id": body[-1], "ReceiptHandle": receipt} for body, receipt in received(sqs, url).items()]
    proxy.fail_entries("DeleteMessageBatch", every=1)

    answer = sqs.delete_message_batch(QueueUrl=url, Entries=entries)

    assert sorted(entry["Id"] for entry in answer["Failed"]) == ["0", "1"]
    proxy.clear()
    again = sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    assert sorted(entry["Id"] for entry in again["Successful"]) == ["0", "1"]
