"""Cache of values that may serve while reading them again fails."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Cached(Generic[Value]):
    """A value, and when it was read, in monotonic seconds."""

    value: Value
    read_at: float


class StaleOnErrorCache(Generic[Key, Value]):
    """Values by key, in this process; for threads.

    A value is fresh for a while after it was read. Then its reader reads it again; if that fails, the value may serve
    on, stale, for a longer while. cachetools.TTLCache has one age for both, which can't be changed later.

    Args:
        max_entries: beyond which the value that was read first goes. Values too old to serve go before.
        fresh_seconds: returns how long a value serves without being read again. Settings are asked at each use.
        stale_seconds: returns how long a value serves while reading fails; `fresh_seconds` if None.
    """

    def __init__(
        self,
        max_entries: int,
        fresh_seconds: Callable[[], float],
        stale_seconds: Callable[[], float] | None = None,
    ) -> None:
        self._max_entries = max_entries
        self._fresh_seconds = fresh_seconds
        self._stale_seconds = stale_seconds or fresh_seconds
        # In the order in which they were read.
        self._entries: dict[Key, Cached[Value]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get_fresh(self, key: Key) -> Cached[Value] | None:
        """Return a key's value if it need not be read again."""
        return self._get_younger_than(self._fresh_seconds(), key)

    def get_stale(self, key: Key) -> Cached[Value] | None:
        """Return a key's value if it may serve after reading it failed."""
        return self._get_younger_than(self._stale_seconds(), key)

    def get_or_read(self, key: Key, read: Callable[[], Value]) -> Value:
        """Return the fresh value of a key, or read and keep it.

        Threads that find no value at the same time each read it. Errors of `read` come through, and nothing is kept.
        """
        cached = self.get_fresh(key)
        if cached is not None:
            return cached.value
        begun_at = time.monotonic()
        value = read()
        self.put(key, value, begun_at)
        return value

    def put(self, key: Key, value: Value, read_at: float | None = None) -> None:
        """Keep a value.

        Args:
            key: that it has.
            value: that was read.
            read_at: when reading began, in monotonic seconds: it may have changed since. Now if None.
        """
        now = time.monotonic()
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = Cached(value, now if read_at is None else read_at)
            oldest_at = now - max(self._fresh_seconds(), self._stale_seconds())
            # Few at a time: each put removes what became too old since the put before it.
            while self._entries:
                first = next(iter(self._entries))
                if len(self._entries) <= self._max_entries and self._entries[first].read_at >= oldest_at:
                    break
                del self._entries[first]

    def remove(self, key: Key) -> None:
        """Forget the value of a key, if there is one."""
        with self._lock:
            self._entries.pop(key, None)

    def _get_younger_than(self, seconds: float, key: Key) -> Cached[Value] | None:
        cached = self._entries.get(key)
        return cached if cached is not None and time.monotonic() < cached.read_at + seconds else None
