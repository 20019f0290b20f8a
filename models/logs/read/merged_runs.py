"""Several runs as one, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from models.logs.read.partition_scan import Found, KeyRun, Place

ENOUGH_BYTES = 1 << 19
"""A page that has so much is not filled up further; a call reads 1 MiB at most."""
FURTHER_CALLS = 10
"""A page takes so many calls besides one for each run, however little of what they read is what was asked for."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """What was found, in order, and the place after which there may be more; None when there is none."""

    found: Sequence[Found]
    end: Place | None


def find_page(runs: Sequence[KeyRun], limit: int, newest_first: bool) -> FoundPage:
    """The first `limit` records of all runs together; fewer where they are long, or rare.

    A page ends where the run ends that got least far, so that the next one begins there.

    Raises:
        pynamodb.exceptions.QueryError: DynamoDB did not answer.
    """
    found: list[Found] = []
    calls_left = len(runs) + FURTHER_CALLS
    size = 0
    while len(found) <= limit:
        run = _nearest(runs, newest_first)
        if run is None:
            return FoundPage(found, None)
        if run.found:
            found.append(run.found.popleft())
            size += _size_of(found[-1])
        elif calls_left and size < ENOUGH_BYTES:
            run.read()
            calls_left -= 1
        else:
            return FoundPage(found, run.reached)
    return FoundPage(found[:limit], found[limit - 1].place)


def _size_of(found: Found) -> int:
    """Roughly, in bytes."""
    return sum(
        len(value) for typed in found.item.values() for value in typed.values() if isinstance(value, str | bytes)
    )


def _nearest(runs: Sequence[KeyRun], newest_first: bool) -> KeyRun | None:
    """The run that has the next record, or may have it; None when none has any more."""
    unfinished = [run for run in runs if run.found or not run.ended]
    for run in unfinished:
        if run.next_place is None:
            return run
    nearest = max if newest_first else min
    return nearest(unfinished, key=attrgetter("next_place"), default=None)
