"""Fixtures that send logs in process and read the queue."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from local.engine import Engine
from tests.support.failure_queue import purge
from tests.support.queues import payload, take_all
from topology import REDACT_QUEUE
from webapp import create_app

Queued = Callable[[], list[dict[str, Any]]]
Texts = Callable[[], list[Any]]


@pytest.fixture
def app() -> Flask:
    """Return the app as the settings have it, without required API keys."""
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client of that app."""
    return app.test_client()


@pytest.fixture
def queued(engine: Engine, tenant: str) -> Queued:
    """Return a function that takes the tenant's logs off the queue."""
    purge()

    def receive() -> list[dict[str, Any]]:
        batches = [payload(message) for message in take_all(REDACT_QUEUE)]
        assert {batch["tenant_id"] for batch in batches} <= {tenant}
        return sorted((log for batch in batches for log in batch["logs"]), key=lambda log: log["text"])

    return receive


@pytest.fixture
def texts(queued: Queued) -> Texts:
    """Return a function that takes the texts, decoded where they are JSON."""

    def receive() -> list[Any]:
        return [json.loads(log["text"]) if log["text"].startswith("{") else log["text"] for log in queued()]

    return receive
