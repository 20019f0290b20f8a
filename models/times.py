"""When a log was, in microseconds since 1970.

A UUIDv7 says it itself, whoever made it. A log under any other id was when its sender says, or else when it was
processed.
"""

import re
from bisect import bisect_right
from datetime import UTC, datetime, timedelta

from foundation.timestamps import format_timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# https://www.rfc-editor.org/rfc/rfc9562#section-5.7, in the form that sorts by time.
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MILLISECONDS = range(1 << 48)
"""What a UUIDv7 can say."""
_AFTER_EVERY_ID = "g"
TIMESTAMP_CHARACTERS = len("2026-01-31T12:00:00.000000Z")


def microseconds_of(moment: datetime) -> int:
    """A point in time, with a zone, as a number."""
    return (moment - _EPOCH) // _MICROSECOND


EARLIEST = microseconds_of(datetime.min.replace(tzinfo=UTC))
LATEST = microseconds_of(datetime.max.replace(tzinfo=UTC))


def to_timestamp(microseconds: int) -> str:
    """A number as ISO 8601 in UTC, TIMESTAMP_CHARACTERS long, so that its order is that of time."""
    return format_timestamp(_EPOCH + timedelta(microseconds=microseconds), "microseconds")


def from_timestamp(timestamp: str) -> int:
    """The number of any ISO 8601; without a zone it is UTC.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(timestamp)
    microseconds = microseconds_of(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
    if not EARLIEST <= microseconds <= LATEST:  # it is by its zone only
        raise ValueError("out of range")
    return microseconds


def says_its_time(log_id: str) -> bool:
    """Whether it is a UUIDv7, which sorts by time among its like."""
    return _UUID7.fullmatch(log_id) is not None


def time_of_key(key: str) -> int:
    """The time that a UUIDv7 says; of any other text that of the last ones that sort before it."""
    if says_its_time(key):
        return 1000 * int(key[:8] + key[9:13], 16)
    return 1000 * (bisect_right(_MILLISECONDS, key, key=_prefix) - 1)


def first_key_of(microseconds: int) -> str:
    """What sorts after every UUIDv7 that is earlier, and before all others."""
    millisecond = -(-microseconds // 1000)
    return _prefix(max(millisecond, 0)) if millisecond < len(_MILLISECONDS) else _AFTER_EVERY_ID


def time_of_log(event_time: str | None, processed_at: str) -> int:
    """When a log was that does not say it by its id; 1970 when nothing says it."""
    for said in (event_time, processed_at):
        try:
            return from_timestamp(said or "")
        except ValueError:
            continue
    return 0


def _prefix(millisecond: int) -> str:
    digits = f"{millisecond:012x}"
    return f"{digits[:8]}-{digits[8:]}"
