"""Fixtures for the tests of the tasks."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

import celeryconfig
from broker.queues import get_queue_url, sqs_client
from settings import settings
from tasks import app
from tests.support.fault_proxy import FaultProxy
from topology import REDACT_QUEUE


class OutcomeLines(logging.Handler):
    """Handler that keeps the records of the outcome log."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's fields."""
        self.records.append(vars(record) | {"message": record.getMessage()})


@pytest.fixture
def outcome_lines() -> Iterator[list[dict[str, Any]]]:
    """Return the fields of each line written to the outcome log."""
    handler = OutcomeLines()
    logger = logging.getLogger("sluice.outcome")
    logger.addHandler(handler)
    yield handler.records
    logger.removeHandler(handler)


@pytest.fixture
def network(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """Make the application publish through a proxy, with an empty redact queue."""
    assert settings.endpoint is not None
    url = celeryconfig.broker_url.replace(settings.endpoint.netloc, proxy.url.removeprefix("http://"))
    sqs = sqs_client()
    sqs.purge_queue(QueueUrl=get_queue_url(sqs, REDACT_QUEUE))  # also what somebody still holds
    monkeypatch.setattr(app.conf, "broker_write_url", url)
    _reconnect()
    yield proxy
    proxy.clear()
    monkeypatch.undo()
    _reconnect()


def _reconnect() -> None:
    """Make the next publish open its connections anew."""
    app._pool = None
    app.amqp._producer_pool = None
