"""Rows that nearly every request needs, read once in a while; what is known serves while DynamoDB is down."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.tables.connection import DYNAMODB_ERRORS
from observability import safe_error_summary
from settings import settings

logger = logging.getLogger(__name__)
Row = TypeVar("Row")

MAX_ROWS = 20_000
# Short, so that a row that is made is found soon; long enough that a client that insists costs no read per request.
MISSING_SECONDS = 5.0


class RowUnavailable(Exception):
    """DynamoDB does not answer, and the row is not known, or has been for too long."""


@dataclass(frozen=True, slots=True)
class _Known(Generic[Row]):
    """What a read brought, and when, in monotonic seconds."""

    row: Row | None
    read_at: float


class RowCache(Generic[Row]):
    """Rows of one table, by key, in this process; for threads.

    A row serves for `settings.key_cache_seconds`, then it is read again. When that fails it serves on until
    `settings.key_grace_seconds` after it was read: an outage of DynamoDB does not stop clients that were there before.
    Revoking needs DynamoDB as well, so a key that outlives its revocation that way was revoked just before an outage,
    or during one that only this process has.

    While DynamoDB is down one request at a time, every `settings.retry_after_seconds`, finds out whether it still is;
    the others don't wait for it.

    Args:
        name: of the table, for log lines.
        read: a row by its key, or None when there is none.
        missing_is_known: keep a None like a row; otherwise it is believed for MISSING_SECONDS at most.
    """

    def __init__(self, name: str, read: Callable[[str], Row | None], *, missing_is_known: bool = False) -> None:
        self._name = name
        self._read = read
        self._missing_is_known = missing_is_known
        # Apart, so that made-up keys don't push out those that are there. Each in the order of the last read.
        self._known: dict[str, _Known[Row]] = {}
        self._missing: dict[str, _Known[Row]] = {}
        self._lock = threading.Lock()
        self._down_until: float | None = None

    @property
    def is_down(self) -> bool:
        """Whether the last read failed."""
        return self._down_until is not None

    def get(self, key: str) -> Row | None:
        """A row, or None when there is none.

        Raises:
            RowUnavailable: DynamoDB does not answer, and the row is not known, or has been for too long.
        """
        now = time.monotonic()
        known = self._known.get(key)
        if known is not None and now < known.read_at + settings.key_cache_seconds:
            return known.row
        missing = self._missing.get(key)
        if missing is not None and now < missing.read_at + min(MISSING_SECONDS, settings.key_cache_seconds):
            return None
        if self._may_read(now):
            try:
                row = self._read(key)
            except DYNAMODB_ERRORS as error:
                self._failed(error)
            else:
                self._came(key, _Known(row, now))
                return row
        if known is not None and now < known.read_at + settings.key_grace_seconds:
            return known.row
        raise RowUnavailable(self._name)

    def _may_read(self, now: float) -> bool:
        if self._down_until is None:
            return True
        with self._lock:
            if self._down_until is not None and now < self._down_until:
                return False
            self._down_until = now + settings.retry_after_seconds
            return True

    def _failed(self, error: Exception) -> None:
        with self._lock:
            begins = self._down_until is None
            self._down_until = time.monotonic() + settings.retry_after_seconds
        if begins:
            logger.error("table %s does not answer, known rows serve on: %s", self._name, safe_error_summary(error))

    def _came(self, key: str, known: _Known[Row]) -> None:
        with self._lock:
            ends, self._down_until = self._down_until is not None, None
            self._known.pop(key, None)
            self._missing.pop(key, None)
            place = self._known if known.row is not None or self._missing_is_known else self._missing
            place[key] = known
            if len(place) > MAX_ROWS:
                del place[next(iter(place))]
        if ends:
            logger.warning("table %s answers again", self._name)
