"""How long a poller waits, and what it logs."""

import logging

import pytest

from broker.outage import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, Outage


def test_waits_grow_to_a_limit_and_end_with_the_outage() -> None:
    outage = Outage("redact")
    assert outage.delay_seconds == 0

    outage.poll_failed(599)
    assert FIRST_DELAY_SECONDS / 2 <= outage.delay_seconds <= FIRST_DELAY_SECONDS
    for _ in range(5000):
        outage.poll_failed(503)
    assert LONGEST_DELAY_SECONDS / 2 <= outage.delay_seconds <= LONGEST_DELAY_SECONDS

    outage.poll_worked()
    assert outage.delay_seconds == 0


def test_an_outage_is_logged_once_at_each_end(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("redact")
    with caplog.at_level(logging.INFO):
        outage.poll_worked()
        for _ in range(100):
            outage.poll_failed(503)
        outage.poll_worked()
        outage.poll_worked()

    assert [record.getMessage() for record in caplog.records] == [
        "polling redact fails (status 503), trying again until it works",
        "polling redact works again after 100 failed polls",
    ]
