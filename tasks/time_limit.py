"""Limit on the CPU time of work inside a task.

The rest of its batch goes on afterwards. The limit is on CPU time, because on a machine with too much to do every log
takes long by the clock, and none is to blame.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class TookTooLong(Exception):
    """Error of work that took more CPU time than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TookTooLong inside the block when it takes more CPU time.

    Works in the main thread, which is where a pool process runs its tasks, and also in the middle of a regular
    expression: `re` looks for signals while it searches. In another thread nothing happens.
    """
    # Only the main thread may set a signal handler.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous_handler = signal.signal(signal.SIGPROF, _raise_took_too_long)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous_handler)


def _raise_took_too_long(_number: int, _frame: FrameType | None) -> NoReturn:
    raise TookTooLong
