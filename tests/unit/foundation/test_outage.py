"""How long it waits while something fails, and what it logs."""

import logging

import pytest

from foundation.outage import FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS, Outage


def test_waits_grow_to_a_limit_and_end_with_the_outage() -> None:
    outage = Outage("polling redact")
    assert outage.delay_seconds == 0

    outage.record_failure("status 599")
    assert FIRST_DELAY_SECONDS / 2 <= outage.delay_seconds <= FIRST_DELAY_SECONDS
    for _ in range(5000):
        outage.record_failure("status 503")
    assert LONGEST_DELAY_SECONDS / 2 <= outage.delay_seconds <= LONGEST_DELAY_SECONDS

    outage.record_success()
    assert outage.delay_seconds == 0


def test_an_outage_is_logged_once_at_each_end(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("polling redact")
    with caplog.at_level(logging.INFO):
        outage.record_success()
        for _ in range(100):
            outage.record_failure("status 503")
        outage.record_success()
        outage.record_success()

    assert [record.getMessage() for record in caplog.records] == [
        "polling redact fails (status 503), trying again until it works",
        "polling redact works again after 100 failures",
    ]


def test_an_activity_that_works_now_and_then_is_not_logged_each_time(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("storing", quiet_seconds=3600)
    with caplog.at_level(logging.INFO):
        for _ in range(100):
            outage.record_failure("ThrottlingException")
            outage.record_success()

    assert [record.getMessage() for record in caplog.records] == [
        "storing fails (ThrottlingException), trying again until it works",
        "storing works again after 1 failures",
    ]
