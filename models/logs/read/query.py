"""Queries for a tenant's logs, and the times in them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from models.times import EARLIEST, LATEST, to_microseconds

Moment = datetime | timedelta
"""A point in time, with a zone; or how long ago it is."""

_CLOCK_SKEW = timedelta(minutes=5)
"""More than the clocks of machines that make ids differ by."""
ENTITY_PATTERN = "[A-Z][A-Z0-9_]{1,31}"


class TimeRange(NamedTuple):
    """From `since` to before `until`, in microseconds since 1970."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A query for a tenant's logs, with the arguments of `LogRecord.for_tenant`.

    Raises ValueError for a time without a zone, and for a name that no entity can have.
    """

    since: Moment | None = None
    until: Moment | None = None
    newest_first: bool = False
    contains_entity: str | None = None

    def __post_init__(self) -> None:
        for name, moment in (("since", self.since), ("until", self.until)):
            if isinstance(moment, datetime) and moment.tzinfo is None:
                raise ValueError(f"{name} needs a time zone, such as datetime.now(UTC) has")
            if isinstance(moment, timedelta) and moment < timedelta():
                raise ValueError(f"{name} is how long ago it is, so it can't be negative")
        if self.contains_entity is not None and not re.fullmatch(ENTITY_PATTERN, self.contains_entity):
            raise ValueError("contains_entity must be an entity's name, such as EMAIL")

    def get_time_range(self) -> TimeRange | None:
        """Return the range as of now; None if the query has none.

        A range without an end ends some minutes from now, for clocks that differ.

        Raises:
            ValueError: it ends before it begins.
        """
        if self.since is None and self.until is None:
            return None
        now = datetime.now(UTC)
        until = now + _CLOCK_SKEW if self.until is None else resolve_moment(self.until, now)
        since = datetime.min.replace(tzinfo=UTC) if self.since is None else resolve_moment(self.since, now)
        if since >= until:
            raise ValueError("since must be before until")
        # A zone can put a valid datetime outside of the years that a timestamp in UTC can have.
        return TimeRange(max(to_microseconds(since), EARLIEST), min(to_microseconds(until), LATEST))

    @property
    def identity(self) -> list[Any]:
        """The arguments as JSON, independent of the time of the query."""
        return [_to_json(self.since), _to_json(self.until), self.newest_first, self.contains_entity]


def resolve_moment(moment: Moment, now: datetime) -> datetime:
    """Return the point in time of a moment.

    One before the year 1 becomes its beginning.
    """
    if isinstance(moment, datetime):
        return moment
    try:
        return now - moment
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _to_json(moment: Moment | None) -> str | int | None:
    if isinstance(moment, timedelta):
        return moment // timedelta(microseconds=1)
    return None if moment is None else moment.isoformat()
