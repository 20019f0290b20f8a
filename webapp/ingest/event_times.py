"""When a log happened, as its sender says."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?\d{1,19}(?:\.\d{1,9})?", re.ASCII)
# A unit is told by the size of the number: these are in the year 5138, and in 1973 in the next smaller unit.
_SECONDS, _MILLISECONDS, _MICROSECONDS = 1e11, 1e14, 1e17


def to_event_time(value: Any) -> str:
    """ISO 8601 in UTC with microseconds, such as 2026-01-31T12:00:00.000000Z.

    Args:
        value: ISO 8601 (without an offset it is UTC), a datetime, or an epoch in s, ms, us or ns as a number or as its
            digits.
    Returns:
        Empty when it is none of these.
    """
    try:
        moment = _to_moment(value)
    except (ValueError, OverflowError, TypeError):
        return ""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _to_moment(value: Any) -> datetime:
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
