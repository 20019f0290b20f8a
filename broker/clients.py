"""Boto3 clients, shared by the channels of a process."""

import os
import threading
from collections.abc import Callable, Hashable
from typing import Any

_lock = threading.Lock()
_clients: dict[Hashable, Any] = {}


def shared_client(key: Hashable, make: Callable[[], Any]) -> Any:
    """The process's client for `key`, made on first use.

    Making one loads the service's model, which takes longer than a hundred sends. Clients are thread-safe.
    """
    with _lock:
        if key in _clients:
            return _clients[key]
        client = make()
        # One that was made while no credentials were to be had never gets any.
        if client._request_signer._credentials is not None:
            _clients[key] = client
        return client


def _forget() -> None:
    # A forked process must not use its parent's sockets, nor wait for a lock that a thread of the parent held.
    global _lock
    _lock = threading.Lock()
    _clients.clear()


os.register_at_fork(after_in_child=_forget)
