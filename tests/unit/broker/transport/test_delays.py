"""Delays of tasks: how long a message waits in SQS."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broker.transport.delays import get_seconds_until_due, may_have_eta
from broker.transport.sending import Sending
from local.engine import Engine
from tasks import app
from topology import MAX_DELAY_SECONDS


def test_a_message_waits_until_the_eta() -> None:
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)

    assert 3590 < get_seconds_until_due({"headers": {"eta": in_an_hour.isoformat()}}) <= 3600
    assert 3590 < get_seconds_until_due({"headers": {"eta": in_an_hour.replace(tzinfo=None).isoformat()}}) <= 3600
    assert get_seconds_until_due({"headers": {"eta": "2026-01-31T12:00:00+00:00"}}) < 0


@pytest.mark.parametrize("message", [{}, {"headers": None}, {"headers": {"eta": None}}, {"headers": {"eta": "soon"}}])
def test_a_message_without_a_readable_eta_is_due(message: dict[str, Any]) -> None:
    assert get_seconds_until_due(message) == 0


@pytest.mark.parametrize(("eta", "expected"), [("2026-01-31T12:00:00+00:00", True), (None, False)])
def test_only_a_message_with_an_eta_is_parsed(eta: str | None, expected: bool) -> None:
    assert may_have_eta(json.dumps({"headers": {"eta": eta}})) == expected
    assert may_have_eta(json.dumps({"headers": {"eta": eta}}, separators=(",", ":"))) == expected


@pytest.mark.parametrize(("countdown", "delay"), [(3, 3), (899.5, 900), (3600, MAX_DELAY_SECONDS)])
def test_a_countdown_becomes_the_delay_in_sqs(engine: Engine, countdown: float, delay: int) -> None:
    with Sending() as sending:
        app.signature("tasks.redact.redact").apply_async(countdown=countdown)

    (message,) = sending.unsent
    assert delay - 1 <= message.parameters["DelaySeconds"] <= delay
    assert may_have_eta(message.parameters["MessageBody"])


def test_a_task_that_is_due_has_no_delay(engine: Engine) -> None:
    with Sending() as sending:
        app.signature("tasks.redact.redact").apply_async()

    (message,) = sending.unsent
    assert "DelaySeconds" not in message.parameters
    assert not may_have_eta(message.parameters["MessageBody"])
