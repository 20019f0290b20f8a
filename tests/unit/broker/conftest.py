"""A queue for each test, and kombu's event loop in its process."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from kombu.asynchronous import Hub, get_event_loop, set_event_loop
from kombu.asynchronous.http import get_client

from broker.queues import sqs_client
from broker.transport.polling import PollingConnection
from foundation.aws_clients import QUEUE_SETUP, get_connection_arguments
from local.engine import Engine
from settings import settings
from tests.support.fault_proxy import FaultProxy

QUEUE_VISIBILITY_SECONDS = 60

allow_old_pycurl_calls = pytest.mark.filterwarnings("ignore::DeprecationWarning:kombu.asynchronous.http.curl")
"""kombu calls deprecated functions of pycurl."""


@dataclass(frozen=True)
class OwnQueue:
    """A queue of the test's own.

    Attributes:
        name: without the application's prefix.
    """

    name: str
    url: str

    def send(self, *bodies: str) -> None:
        for body in bodies:
            sqs_client().send_message(QueueUrl=self.url, MessageBody=body)

    def receive(self, count: int) -> list[str]:
        """Return the receipts of `count` messages, which are hidden from then on."""
        receipts: list[str] = []
        while len(receipts) < count:
            answer = sqs_client().receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            receipts += [message["ReceiptHandle"] for message in answer.get("Messages", [])]
        return receipts

    def count(self) -> tuple[int, int]:
        """Return the numbers of visible and of held messages."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = sqs_client().get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        visible, held = (int(attributes[name]) for name in names)
        return visible, held


@pytest.fixture
def queue(engine: Engine, tenant: str) -> Iterator[OwnQueue]:
    sqs = sqs_client()
    url = sqs.create_queue(
        QueueName=settings.queue_prefix + tenant, Attributes={"VisibilityTimeout": str(QUEUE_VISIBILITY_SECONDS)}
    )["QueueUrl"]
    yield OwnQueue(tenant, url)
    sqs.delete_queue(QueueUrl=url)


class Loop(Hub):
    """Kombu's event loop, as a worker has it."""

    def run_until(self, name: str, condition: Callable[[], Any], seconds: float = 30) -> None:
        """Turn the loop until `condition` holds.

        Args:
            name: what is waited for, for the error.
            seconds: the test fails after this long.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"no {name} within {seconds} s"
            # So that a turn without work ends.
            self.call_later(0.05, lambda: None)
            self.run_once()


@pytest.fixture
def loop() -> Iterator[Loop]:
    before = get_event_loop()
    mine = Loop()
    set_event_loop(mine)
    yield mine
    set_event_loop(before)
    mine.close()


@pytest.fixture
def sqs(proxy: FaultProxy) -> Any:
    """boto3's client, through the proxy."""
    arguments = get_connection_arguments() | {"endpoint_url": proxy.url}
    return boto3.client("sqs", config=Config(**QUEUE_SETUP.botocore_options), **arguments)


@pytest.fixture
def connection(sqs: Any, loop: Loop) -> PollingConnection:
    """Sluice's asynchronous client, through the proxy."""
    return PollingConnection(sqs, region=settings.aws_region, http_client=get_client(loop))
