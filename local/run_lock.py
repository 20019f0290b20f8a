"""The lock of `make run` on the state directory."""

import fcntl
import os
from pathlib import Path


class AlreadyRunning(Exception):
    """Processes of another `make run` use the state; the message names them."""


class RunLock:
    """Lock that this process and all its children hold.

    The last one that ends releases it.

    Attributes:
        descriptor: for the children to inherit.

    Args:
        file: of the lock; it holds the process id of `make run`.

    Raises:
        AlreadyRunning: another one holds it.
        OSError: the file can't be written.
    """

    def __init__(self, file: Path) -> None:
        self.descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self.descriptor)
            raise AlreadyRunning(_describe_holders(file)) from None
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(os.getpid()).encode(), 0)


def _describe_holders(file: Path) -> str:
    parent = file.read_text().strip() or "unknown"
    holders = find_processes_with(file)
    if parent in holders:
        return f"it is running here already (process {parent}): press Ctrl-C in its terminal, or run: kill {parent}"
    survivors = " ".join(holders) or "unknown"
    return (
        f"an earlier make run (process {parent}) was killed, and processes of it are still stopping, or running: wait "
        f"half a minute, or run: kill {survivors}"
    )


def find_processes_with(file: Path) -> list[str]:
    """Return the ids of the processes that have a file open.

    There are none where /proc is missing.
    """
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if link.readlink() == file.resolve():
                found.add(link.parts[2])
        except OSError:  # it ended, or is another user's
            continue
    return sorted(found, key=int)
