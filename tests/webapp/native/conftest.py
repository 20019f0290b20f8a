"""The protocols are spoken to the app itself; what it queued is read back from SQS."""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from broker.queues import queue_url, sqs_client
from local.engine import Engine
from topology import REDACT_QUEUE
from webapp import create_app


@pytest.fixture
def app() -> Flask:
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def queued(engine: Engine, tenant: str) -> Callable[[], list[dict[str, Any]]]:
    """What is queued of the tenant's logs, in the order of their texts."""
    sqs = sqs_client()
    url = queue_url(sqs, REDACT_QUEUE)
    sqs.purge_queue(QueueUrl=url)

    def receive() -> list[dict[str, Any]]:
        logs: list[dict[str, Any]] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                args = json.loads(zlib.decompress(base64.b64decode(json.loads(message["Body"])["body"])))[0]
                assert args[0]["tenant_id"] == tenant
                logs += args[0]["logs"]
        return sorted(logs, key=lambda log: log["text"])

    return receive


@pytest.fixture
def texts(queued: Callable[[], list[dict[str, Any]]]) -> Callable[[], list[Any]]:
    """The texts of what is queued, decoded where they are JSON."""

    def receive() -> list[Any]:
        return [json.loads(log["text"]) if log["text"].startswith("{") else log["text"] for log in queued()]

    return receive
