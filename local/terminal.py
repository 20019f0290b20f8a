"""Ctrl-C for this process only, so that `make run` ends with 0."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_foreground() -> Iterator[None]:
    """Take the terminal for this process's own group while the block runs.

    Make, if it got Ctrl-C too, would report an interrupt instead of the clean stop. Without a terminal, or in the
    background, nothing changes.
    """
    try:
        terminal = sys.stdin.fileno()
        parents = os.tcgetpgrp(terminal)
    except (OSError, ValueError):
        parents = -1
    if parents != os.getpgrp() or parents == os.getpid():
        yield
        return
    # Taking the terminal from a group that is not its own would stop this process; and nobody could resume it.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, parents)
