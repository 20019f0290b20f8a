"""A bound on what the requests in progress may hold in memory together."""

import threading

from flask import Flask, g

from settings import settings
from webapp.http.problems import unavailable

_lock = threading.Lock()
_used = 0
# The requests that hold memory, the oldest first.
_bytes_by_request: dict[object, int] = {}


def reserve_bytes(size: int) -> None:
    """Count `size` bytes as held until the current request ends.

    The oldest request gets what it needs, or many that grow side by side would all have to give up.

    Raises:
        Problem: 503 when all requests together would hold more than `settings.max_memory_bytes`.
    """
    global _used
    me = g.setdefault("holder", object())
    with _lock:
        held = _bytes_by_request.setdefault(me, 0)
        if _used + size > settings.max_memory_bytes and next(iter(_bytes_by_request)) is not me:
            raise unavailable("busy", "Too much is being received at once; send it again, or less at a time.")
        _used += size
        _bytes_by_request[me] = held + size


def init_app(app: Flask) -> None:
    """Free what a request held when it ends."""

    @app.teardown_request
    def free(_error: BaseException | None) -> None:
        global _used
        with _lock:
            _used -= _bytes_by_request.pop(g.pop("holder", None), 0)
