"""Time of an event, as its sender gives it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from foundation.timestamps import format_timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?\d{1,19}(?:\.\d{1,9})?", re.ASCII)
# The size of an epoch tells its unit: each bound is the year 5138 in its unit, and 1973 in the next smaller one.
_SECONDS, _MILLISECONDS, _MICROSECONDS = 1e11, 1e14, 1e17


def to_event_time(value: Any) -> str:
    """Convert a time to ISO 8601 in UTC, such as 2026-01-31T12:00:00.000000Z.

    Args:
        value: ISO 8601 (UTC if it has no offset), a datetime, or an epoch in s, ms, us or ns, as a number or digits.
    Returns:
        An empty string if `value` is not a time.
    """
    try:
        moment = _to_datetime(value)
    except (ValueError, OverflowError, TypeError):
        return ""
    return format_timestamp(moment, "microseconds")


def _to_datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, bool):
        raise TypeError
    elif isinstance(value, int | float):
        moment = _from_epoch(value)
    elif isinstance(value, str) and _NUMBER.fullmatch(value):
        moment = _from_epoch(float(value) if "." in value else int(value))
    elif isinstance(value, str):
        moment = datetime.fromisoformat(value)
    else:
        raise TypeError
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _from_epoch(number: float) -> datetime:
    size = abs(number)
    if size < _SECONDS:
        return _EPOCH + timedelta(seconds=number)
    if size < _MILLISECONDS:
        return _EPOCH + timedelta(milliseconds=number)
    if size < _MICROSECONDS:
        return _EPOCH + timedelta(microseconds=number)
    return _EPOCH + timedelta(microseconds=int(number) // 1000)
