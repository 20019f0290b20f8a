"""Times of logs, in microseconds since 1970.

A UUIDv7 contains its time, whoever made it. A log under a custom id has the time that its sender gave, or else the time
when it was processed.
"""

import re
from bisect import bisect_right
from datetime import UTC, datetime, timedelta

from foundation.timestamps import format_timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# https://www.rfc-editor.org/rfc/rfc9562#section-5.7, in lowercase: only then its text sorts by time.
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MILLISECONDS = range(1 << 48)
"""Times that a UUIDv7 can contain."""
_AFTER_EVERY_UUID = "g"
TIMESTAMP_CHARACTERS = len("2026-01-31T12:00:00.000000Z")


def to_microseconds(moment: datetime) -> int:
    """Convert a point in time that has a zone to microseconds."""
    return (moment - _EPOCH) // _MICROSECOND


EARLIEST = to_microseconds(datetime.min.replace(tzinfo=UTC))
LATEST = to_microseconds(datetime.max.replace(tzinfo=UTC))


def to_timestamp(microseconds: int) -> str:
    """Format microseconds as ISO 8601 in UTC, TIMESTAMP_CHARACTERS long.

    The order of such texts is that of the times.
    """
    return format_timestamp(_EPOCH + timedelta(microseconds=microseconds), "microseconds")


def from_timestamp(timestamp: str) -> int:
    """Parse an ISO 8601 text, in UTC if without a zone.

    Raises:
        ValueError: it is not ISO 8601, or outside the years 1 to 9999.
    """
    moment = datetime.fromisoformat(timestamp)
    microseconds = to_microseconds(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
    # datetime checks the local year only: at the ends of its range a zone can push the time out in UTC.
    if not EARLIEST <= microseconds <= LATEST:
        raise ValueError("out of range")
    return microseconds


def is_uuid7(log_id: str) -> bool:
    """Return whether an id is a lowercase UUIDv7.

    Such ids sort by time.
    """
    return _UUID7.fullmatch(log_id) is not None


def get_uuid7_time(log_id: str) -> int:
    """Return the time of the last UUIDv7 up to `log_id`."""
    if is_uuid7(log_id):
        return 1000 * int(log_id[:8] + log_id[9:13], 16)
    return 1000 * (bisect_right(_MILLISECONDS, log_id, key=_build_uuid7_prefix) - 1)


def build_lower_bound_key(microseconds: int) -> str:
    """Build the smallest key of a UUIDv7 of this time or later.

    It sorts after every UUIDv7 that is earlier.
    """
    millisecond = -(-microseconds // 1000)
    return _build_uuid7_prefix(max(millisecond, 0)) if millisecond < len(_MILLISECONDS) else _AFTER_EVERY_UUID


def get_log_time(event_time: str | None, processed_at: str) -> int:
    """Return the time of a log with a custom id.

    1970 if neither text is a time.
    """
    for timestamp in (event_time, processed_at):
        try:
            return from_timestamp(timestamp or "")
        except ValueError:
            continue
    return 0


def _build_uuid7_prefix(millisecond: int) -> str:
    digits = f"{millisecond:012x}"
    return f"{digits[:8]}-{digits[8:]}"
