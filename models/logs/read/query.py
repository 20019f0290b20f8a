"""What is asked of a tenant's logs."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from models.times import EARLIEST, LATEST, microseconds_of

Moment = datetime | timedelta
"""A point in time, with a zone; or how long ago it is."""

# Clocks of machines that make ids differ by less.
_AHEAD = timedelta(minutes=5)
ENTITY_PATTERN = "[A-Z][A-Z0-9_]{1,31}"


class Span(NamedTuple):
    """From `since` to before `until`, in microseconds since 1970."""

    since: int
    until: int


@dataclass(frozen=True, slots=True)
class LogQuery:
    """As `LogRecord.for_tenant` takes it.

    Raises ValueError for a time without a zone, and what can't be an entity.
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

    def span(self) -> Span | None:
        """The range, as of now; None when none is asked for.

        Without an end it ends now, with some minutes for clocks that differ.

        Raises:
            ValueError: it ends before it begins.
        """
        if self.since is None and self.until is None:
            return None
        now = datetime.now(UTC)
        until = now + _AHEAD if self.until is None else resolved(self.until, now)
        since = datetime.min.replace(tzinfo=UTC) if self.since is None else resolved(self.since, now)
        if since >= until:
            raise ValueError("since must be before until")
        # By their zones they may be outside of what a timestamp in UTC can say.
        return Span(max(microseconds_of(since), EARLIEST), min(microseconds_of(until), LATEST))

    @property
    def asked(self) -> list[Any]:
        """As JSON; the same for the same query, at whatever time it is asked."""
        return [_written(self.since), _written(self.until), self.newest_first, self.contains_entity]


def resolved(moment: Moment, now: datetime) -> datetime:
    """The point in time that is meant; what is before all time is its beginning."""
    if isinstance(moment, datetime):
        return moment
    try:
        return now - moment
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _written(moment: Moment | None) -> str | int | None:
    if isinstance(moment, timedelta):
        return moment // timedelta(microseconds=1)
    return None if moment is None else moment.isoformat()
