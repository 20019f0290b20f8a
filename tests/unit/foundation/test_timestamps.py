"""Formats of points in time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from foundation.timestamps import Precision, format_failure_time, format_timestamp, get_timestamp, parse_age

MOMENT = datetime(2026, 1, 31, 12, 0, 5, 678901, UTC)


@pytest.mark.parametrize(
    ("precision", "text"),
    [
        ("minutes", "2026-01-31T12:00Z"),
        ("seconds", "2026-01-31T12:00:05Z"),
        ("milliseconds", "2026-01-31T12:00:05.678Z"),
        ("microseconds", "2026-01-31T12:00:05.678901Z"),
    ],
)
def test_a_timestamp_is_in_utc_in_every_zone(precision: Precision, text: str) -> None:
    assert format_timestamp(MOMENT, precision) == text
    assert format_timestamp(MOMENT.astimezone(timezone(timedelta(hours=-5))), precision) == text


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
def test_the_first_and_the_last_moments_have_timestamps(moment: datetime) -> None:
    assert format_timestamp(moment.replace(tzinfo=UTC), "seconds") == f"{moment.isoformat(timespec='seconds')}Z"


def test_a_failure_time_keeps_the_offset() -> None:
    assert format_failure_time(MOMENT) == "2026-01-31T12:00:05.678+00:00"


def test_a_later_timestamp_sorts_behind_an_earlier_one() -> None:
    assert get_timestamp() < get_timestamp(timedelta(seconds=2))
    assert len(get_timestamp()) == len("2026-01-31T12:00:00Z")


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("0s", timedelta()),
        ("15m", timedelta(minutes=15)),
        ("2w", timedelta(weeks=2)),
        ("999999999w", timedelta.max),
        ("\u0663d", None),
        ("1h30m", None),
        ("-1h", None),
        ("1 h", None),
        ("", None),
    ],
)
def test_an_age_is_a_number_and_one_unit(text: str, age: timedelta | None) -> None:
    assert parse_age(text) == age
