"""`make run`'s checks before it starts: ports and the lock."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.ports import PortUnusable, free_port, require_usable
from local.quiet import is_startup_line
from local.run_lock import AlreadyRunning, RunLock, find_processes_with
from settings import ROOT

HOLD = """
import sys
from pathlib import Path
from local.run_lock import RunLock
RunLock(Path(sys.argv[1]))
print(1, flush=True)
sys.stdin.read()
"""


def test_equal_ports_are_named() -> None:
    port = free_port()

    with pytest.raises(PortUnusable, match=f"PORT and FLOWER_PORT are both {port}: choose another one for FLOWER_PORT"):
        require_usable({"PORT": port, "FLOWER_PORT": port})


def test_a_privileged_port_needs_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(socket.socket, "bind", refuse)

    with pytest.raises(PortUnusable, match=r"port 80 needs root .*: choose one from 1024 on with PORT=8080 make run"):
        require_usable({"PORT": 80})


def test_a_running_make_run_is_named(tmp_path: Path) -> None:
    file = tmp_path / "run.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin
    assert holder.stdout
    assert holder.stdout.readline() == b"1\n"
    try:
        with pytest.raises(AlreadyRunning, match=rf"running here already \(process {holder.pid}\).*kill {holder.pid}"):
            RunLock(file)
        # As if the one that holds the lock were a child of a process that was killed.
        file.write_text("999999999")
        with pytest.raises(AlreadyRunning, match=rf"process 999999999\) was killed.*run: kill {holder.pid}"):
            RunLock(file)
        assert find_processes_with(file) == [str(holder.pid)]
    finally:
        holder.communicate()
    os.close(RunLock(file).descriptor)
    assert find_processes_with(file) == []


@pytest.mark.parametrize(
    ("line", "left_out"),
    [
        (b"[WARNING] Configuration allows spawning up to 256 Python threads, which seems quite high\n", True),
        (b"[INFO] Started worker-1\n", True),
        (b"[2026-12-01 03:05:43,350: INFO/MainProcess] store@vm ready.\n", True),
        (b"[W 261201 03:05:42 inspector:44] Inspect method stats failed\n", True),
        (b"     'tasks.store.store']\n", True),
        (b'{"level": "INFO", "message": "done"}\n', False),
        (b"[2026-12-01 03:05:43,350: WARNING/MainProcess] polling redact fails\n", False),
        (b"[ERROR] Unexpected exit from worker-1\n", False),
        (b"Traceback (most recent call last):\n", False),
        (b'  File "tasks/store.py", line 1, in <module>\n', False),
        (b"warning: SLUICE_PROT (environment) is not a setting\n", False),
    ],
)
def test_only_banners_and_explained_warnings_are_left_out(line: bytes, left_out: bool) -> None:
    assert is_startup_line(line) is left_out
