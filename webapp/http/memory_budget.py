"""The memory that all requests in progress may hold together."""

import threading

from flask import Flask, g

from settings import settings
from webapp.http.problems import unavailable

_lock = threading.Lock()
_used = 0
# By request, the oldest first.
_bytes_by_request: dict[object, int] = {}


def reserve_bytes(size: int) -> None:
    """Count `size` bytes as held until the current request ends.

    The oldest request gets what it needs. Otherwise many that grow side by side would all have to give up.

    Raises:
        Problem: 503 if all requests together would hold more than `settings.max_memory_bytes`.
    """
    global _used
    this_request = g.setdefault("memory_holder", object())
    with _lock:
        held = _bytes_by_request.setdefault(this_request, 0)
        if _used + size > settings.max_memory_bytes and next(iter(_bytes_by_request)) is not this_request:
            raise unavailable("busy", "Too much is being received at once; send the request again, or less at a time.")
        _used += size
        _bytes_by_request[this_request] = held + size


def init_app(app: Flask) -> None:
    """Free the memory of each request when it ends."""

    @app.teardown_request
    def free(_error: BaseException | None) -> None:
        global _used
        with _lock:
            _used -= _bytes_by_request.pop(g.pop("memory_holder", None), 0)
