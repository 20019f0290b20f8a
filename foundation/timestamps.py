"""Points in time as text: ISO 8601 in UTC.

Texts of one precision have one length, so that their order is that of time.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

_AGE = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

Precision = Literal["minutes", "seconds", "milliseconds", "microseconds"]


def format_timestamp(moment: datetime, precision: Precision) -> str:
    """Return a point in time that has a zone, such as 2026-01-31T12:00:00Z."""
    return moment.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def format_failure_time(moment: datetime) -> str:
    """Return a point in time in the format of dead letters.

    Such as 2026-01-31T12:00:00.000+00:00. Only these end in an offset instead of Z: messages with such times may lie in
    the failure queue for 14 days.
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def get_timestamp(later: timedelta = timedelta()) -> str:
    """Return now, or `later` than now, to the second, such as 2026-01-31T12:00:00Z."""
    return format_timestamp(datetime.now(UTC) + later, "seconds")


def parse_age(text: str) -> timedelta | None:
    """Return an age such as 15m; None for any other text.

    Units are s, m, h, d and w. An age that a timedelta can't hold is timedelta.max.
    """
    match = _AGE.fullmatch(text)
    if match is None:
        return None
    try:
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    except OverflowError:
        return timedelta.max
