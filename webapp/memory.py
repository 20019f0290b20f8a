"""A bound on what the requests in progress may hold in memory together."""

import threading

from flask import Flask, g

from settings import settings
from webapp.problems import unavailable

_lock = threading.Lock()
_used = 0


def reserve(size: int) -> None:
    """Count `size` bytes as held until the current request ends.

    Raises:
        Problem: 503 when all requests together would hold more than `settings.max_memory_bytes`.
    """
    global _used
    mine = g.get("reserved", 0)
    with _lock:
        if _used > mine and _used + size > settings.max_memory_bytes:  # one alone always fits
            raise unavailable("busy", "Too much is being received at once; send it again, or less at a time.")
        _used += size
    g.reserved = mine + size


def init_app(app: Flask) -> None:
    """Free what a request held when it ends."""

    @app.teardown_request
    def free(_error: BaseException | None) -> None:
        global _used
        with _lock:
            _used -= g.pop("reserved", 0)
