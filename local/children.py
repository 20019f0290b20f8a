"""Child processes that do not outlive their parent."""

import ctypes
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Ask Linux to send this process SIGTERM when its parent dies.

    That includes a parent that is killed. For `preexec_fn` of subprocess. The parent is the thread that starts the
    process, which must be the main one. Other systems have no such call: there the children stay, and the next
    `make run` names them.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


START_HOOK: Callable[[], None] | None = end_with_parent if _libc is not None else None
