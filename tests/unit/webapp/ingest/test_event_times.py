"""Which values are a time, and which time they are."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from webapp.ingest.event_times import to_event_time

NOON = "2026-01-31T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2026-01-31T12:00:00Z", NOON),
        ("2026-01-31T12:00:00", NOON),
        ("2026-01-31T13:00:00.5+01:00", "2026-01-31T12:00:00.500000Z"),
        ("2026-01-31 12:00:00,25", "2026-01-31T12:00:00.250000Z"),
        ("2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.123456Z"),
        ("2026-01-31", "2026-01-31T00:00:00.000000Z"),
        (datetime(2026, 1, 31, 12), NOON),
        (datetime(2026, 1, 31, 14, tzinfo=timezone(timedelta(hours=2))), NOON),
        (datetime(2026, 1, 31, 12, tzinfo=UTC), NOON),
    ],
)
def test_iso_8601_and_datetimes_are_converted_to_utc(value: Any, time: str) -> None:
    assert to_event_time(value) == time


@pytest.mark.parametrize(
    ("epoch", "time"),
    [
        (1_769_860_800, NOON),
        (1_769_860_800.5, "2026-01-31T12:00:00.500000Z"),
        (1_769_860_800_123, "2026-01-31T12:00:00.123000Z"),
        (1_769_860_800_123_456, "2026-01-31T12:00:00.123456Z"),
        (1_769_860_800_123_456_789, "2026-01-31T12:00:00.123456Z"),
        ("1769860800", NOON),
        ("1769860800.25", "2026-01-31T12:00:00.250000Z"),
        ("1769860800123456789", "2026-01-31T12:00:00.123456Z"),
        (0, "1970-01-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.000000Z"),
        (99_999_999_999, "5138-11-16T09:46:39.000000Z"),
        (100_000_000_000, "1973-03-03T09:46:40.000000Z"),
    ],
)
def test_an_epochs_unit_follows_from_the_size(epoch: Any, time: str) -> None:
    assert to_event_time(epoch) == time


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "yesterday",
        "12:00",
        "2026-13-01",
        "12345678901234567890",
        "0x10",
        "١٢٣",
        True,
        [],
        {},
        b"2026-01-31",
        float("nan"),
        float("inf"),
        10**30,
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_a_value_beyond_the_known_formats_is_not_a_time(value: Any) -> None:
    assert to_event_time(value) == ""
