"""A limit on the CPU time of one piece of work inside a task, so that the rest of its batch goes on.

CPU time: on a machine with too much to do every log takes long, and none is to blame.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class TookTooLong(Exception):
    """The time was over."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TookTooLong inside the block when it takes more CPU time.

    Works in the main thread, which is where a pool process runs its tasks, and also in the middle of a regular
    expression: `re` looks for signals while it searches. In another thread nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _over(_number: int, _frame: FrameType | None) -> NoReturn:
    raise TookTooLong
