"""Outages: how long callers wait, who probes, and what is logged."""

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
        "polling redact fails (status 503), retrying",
        "polling redact works again after 100 failures",
    ]


def test_an_activity_that_fails_now_and_then_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("storing", quiet_seconds=3600)
    with caplog.at_level(logging.INFO):
        for _ in range(100):
            outage.record_failure("ThrottlingException")
            outage.record_success()

    assert [record.getMessage() for record in caplog.records] == [
        "storing fails (ThrottlingException), retrying",
        "storing works again after 1 failure",
    ]


def test_during_an_outage_one_caller_tries_at_a_time() -> None:
    outage = Outage("reading")
    assert outage.may_try(3600)
    assert outage.may_try(3600)

    outage.record_failure("status 503")
    assert not outage.may_try(3600)
    assert outage.may_try(0, probe_seconds=3600)
    assert not outage.may_try(0)

    outage.record_failure("status 503")
    assert outage.may_try(0, probe_seconds=3600)
    outage.record_success()
    assert outage.may_try(3600)
    assert outage.may_try(3600)


def test_the_last_reason_stays_until_a_success() -> None:
    outage = Outage("reading")
    assert (outage.ongoing, outage.reason) == (False, "")

    outage.record_failure("status 503")
    outage.record_failure("status 500")
    assert (outage.ongoing, outage.reason) == (True, "status 500")

    outage.record_success()
    assert (outage.ongoing, outage.reason) == (False, "")


def test_an_outage_that_callers_log_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("getting data keys", logged=False)
    with caplog.at_level(logging.INFO):
        outage.record_failure("status 503")
        outage.record_success()

    assert not caplog.records


def test_the_log_names_the_behaviour_during_the_outage(caplog: pytest.LogCaptureFixture) -> None:
    Outage("reading table keys", meanwhile="cached rows serve on").record_failure("status 503")

    assert caplog.messages == ["reading table keys fails (status 503), cached rows serve on"]
