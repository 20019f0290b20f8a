"""Sliding windows that count what was taken of a limit.

A window counts in two windows of the clock, as `limits` and Cloudflare do: all that was taken in the current one, and
of the one before as much as still lies inside the sliding window, as if it had come evenly.
https://blog.cloudflare.com/counting-things-a-lot-of-different-things/#sliding-windows-to-the-rescue

Unlike the library, these charge more than a window may have. A request larger than a window could never be taken
otherwise.
"""

import time
from collections.abc import Callable, Hashable

import msgspec

# At exactly the computed time a limit is still used up.
_MARGIN_SECONDS = 0.001
_FEW_WINDOWS = 1000


class Limit(msgspec.Struct, frozen=True):
    """How much may be taken in a window.

    Attributes:
        key: names what is limited; a limit with another amount or window counts anew.
        amount: that a window may have.
        window_seconds: length of the window.
    """

    key: Hashable
    amount: int
    window_seconds: int


class _Counts(msgspec.Struct):
    """Amounts that were charged in two windows of the clock.

    Attributes:
        window: number of the current one.
    """

    window: int
    current: int = 0
    previous: int = 0


class SlidingWindows:
    """The windows of many limits, in memory.

    Not for threads: a caller that checks and then charges needs a lock anyway.

    Args:
        clock: returns seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._counts: dict[Limit, _Counts] = {}
        self._remove_ended_at = _FEW_WINDOWS

    def __len__(self) -> int:
        return len(self._counts)

    def get_seconds_until_free(self, limit: Limit) -> float:
        """Return how long a limit stays used up; 0 if not.

        It assumes that nothing is charged meanwhile.
        """
        counts = self._get_counts(limit)
        if counts is None:
            return 0.0
        seconds, amount = limit.window_seconds, limit.amount
        # Until the clock's current window ends. So long the previous one still counts, less and less.
        left = seconds - self._clock() % seconds
        if counts.previous * left / seconds + counts.current < amount:
            return 0.0
        if counts.current < amount:
            return left - (amount - counts.current) * seconds / counts.previous + _MARGIN_SECONDS
        return left + (1 - amount / counts.current) * seconds + _MARGIN_SECONDS

    def charge(self, limit: Limit, cost: int) -> None:
        """Count `cost` as taken now, even if less is left."""
        counts = self._get_counts(limit)
        if counts is None:
            self._remove_ended()
            counts = self._counts[limit] = _Counts(self._get_window(limit))
        counts.current += cost

    def _get_counts(self, limit: Limit) -> _Counts | None:
        """Return the counts of a limit as of now."""
        counts = self._counts.get(limit)
        if counts is None:
            return None
        windows_since = self._get_window(limit) - counts.window
        if windows_since:
            counts.previous = counts.current if windows_since == 1 else 0
            counts.current = 0
            counts.window += windows_since
        return counts

    def _remove_ended(self) -> None:
        # Once for each doubling: on average a charge looks at a few windows only.
        if len(self._counts) < self._remove_ended_at:
            return
        self._counts = {
            limit: counts for limit, counts in self._counts.items() if self._get_window(limit) - counts.window <= 1
        }
        self._remove_ended_at = max(_FEW_WINDOWS, 2 * len(self._counts))

    def _get_window(self, limit: Limit) -> int:
        return int(self._clock() // limit.window_seconds)
