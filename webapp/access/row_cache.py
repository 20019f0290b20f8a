"""Cache of rows that nearly every request needs."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from foundation.outage import Outage
from foundation.stale_on_error_cache import StaleOnErrorCache
from models.tables.connection import DYNAMODB_ERRORS
from observability import safe_error_summary
from settings import settings

Row = TypeVar("Row")

MAX_ROWS = 20_000
# Short, so that a new row is found soon; long enough that a client that insists does not cost a read per request.
MISSING_SECONDS = 5.0


class RowUnavailable(Exception):
    """DynamoDB is down, and no cached row is young enough to serve."""


class RowCache(Generic[Row]):
    """Rows of one table, by key, in this process; for threads.

    A row serves for `settings.key_cache_seconds`, then it is read again. If that fails it serves on until
    `settings.key_grace_seconds` after it was read: an outage of DynamoDB does not stop clients that were there before.
    Revoking needs DynamoDB as well, so a key that outlives its revocation that way was revoked just before an outage,
    or during one that only this process has.

    While DynamoDB is down one request at a time, every `settings.retry_after_seconds`, finds out whether it still is;
    the others don't wait for it.

    Args:
        name: of the table, for log lines.
        read: returns the row of a key, or None if there is no row.
        cache_missing: keep a None as long as a row; otherwise it is kept for MISSING_SECONDS at most.
    """

    def __init__(self, name: str, read: Callable[[str], Row | None], *, cache_missing: bool = False) -> None:
        self._name = name
        self._read = read
        self._cache_missing = cache_missing
        self._rows: StaleOnErrorCache[str, Row | None] = StaleOnErrorCache(
            MAX_ROWS, lambda: settings.key_cache_seconds, lambda: settings.key_grace_seconds
        )
        # Apart, so that made-up keys don't push out the rows of real ones.
        self._missing: StaleOnErrorCache[str, Row | None] = StaleOnErrorCache(
            MAX_ROWS, lambda: min(MISSING_SECONDS, settings.key_cache_seconds)
        )
        self._outage = Outage(f"reading table {name}", meanwhile="cached rows serve on")

    @property
    def is_down(self) -> bool:
        """True if the last read failed."""
        return self._outage.ongoing

    def get(self, key: str) -> Row | None:
        """Return the row of a key, or None if there is none.

        Raises:
            RowUnavailable: DynamoDB does not answer, and the row is not cached, or was read too long ago.
        """
        cached = self._rows.get_fresh(key) or self._missing.get_fresh(key)
        if cached is not None:
            return cached.value
        if self._outage.may_try(settings.retry_after_seconds):
            begun_at = time.monotonic()
            try:
                row = self._read(key)
            except DYNAMODB_ERRORS as error:
                self._outage.record_failure(safe_error_summary(error))
            else:
                self._outage.record_success()
                self._keep(key, row, begun_at)
                return row
        stale = self._rows.get_stale(key)
        if stale is None:
            raise RowUnavailable(self._name)
        return stale.value

    def _keep(self, key: str, row: Row | None, read_at: float) -> None:
        is_found = row is not None or self._cache_missing
        keep, forget = (self._rows, self._missing) if is_found else (self._missing, self._rows)
        forget.remove(key)
        keep.put(key, row, read_at)
