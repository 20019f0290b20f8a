"""`make run` as a newcomer uses it: in a terminal, Ctrl-C at the end, and again the next day."""

import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.ports import free_port
from settings import ROOT
from tests.support.waiting import wait_for


class Terminal:
    """`make run` on a pseudo-terminal."""

    def __init__(self, checkout: Path, environment: dict[str, str]) -> None:
        self._output = bytearray()
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(checkout)
            os.execvpe("make", ["make", "run"], environment)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                self._output += os.read(self._terminal, 65_536)
            except OSError:  # the other side is closed
                return

    @property
    def output(self) -> str:
        return self._output.decode(errors="replace")

    def wait_until_ready(self) -> None:
        wait_for("readiness", lambda: "Sluice is ready" in self.output or "make: ***" in self.output, seconds=90)
        assert "Sluice is ready" in self.output, self.output

    def press_ctrl_c(self) -> None:
        os.write(self._terminal, b"\x03")

    def exit_code(self) -> int:
        ended = wait_for("end of make run", lambda: (found := os.waitpid(self._pid, os.WNOHANG))[0] and found)
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(ended[1])


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A copy of the working tree, so that nobody's own .data is touched, with the environments that are there."""
    copy = tmp_path / "sluice"
    shutil.copytree(
        ROOT,
        copy,
        ignore=shutil.ignore_patterns(".git", ".venv*", ".data", ".env", "__pycache__", ".*_cache", ".hypothesis"),
    )
    for environment in (".venv", ".venv-engine"):
        (copy / environment).symlink_to(ROOT / environment)
    yield copy
    for process in processes_in(copy):
        process.kill()


@pytest.fixture
def environment() -> dict[str, str]:
    """A shell with real credentials in it."""
    ports = {name: str(free_port()) for name in ("PORT", "FLOWER_PORT", "ENGINE_PORT")}
    credentials = {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_PROFILE": "production"}
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | credentials | ports


def processes_in(checkout: Path) -> list[psutil.Process]:
    """Whatever runs in the checkout or on its engine's state."""
    found = []
    for process in psutil.process_iter():
        try:
            values = process.environ()
            if process.cwd() == str(checkout) or values.get("STATE_DIR", "").startswith(str(checkout)):
                found.append(process)
        except psutil.Error:
            continue
    return found


def run(checkout: Path, *command: str) -> str:
    """Its output; in a shell that knows nothing of the running engine."""
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(command, cwd=checkout, env=bare, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def addresses_listened_on(checkout: Path) -> set[str]:
    return {
        connection.laddr.ip
        for process in processes_in(checkout)
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_a_day_and_the_next(checkout: Path, environment: dict[str, str]) -> None:
    for day in (1, 2):
        terminal = Terminal(checkout, environment)
        terminal.wait_until_ready()
        assert f"http://127.0.0.1:{environment['PORT']}" in terminal.output
        assert f"http://127.0.0.1:{environment['FLOWER_PORT']}" in terminal.output
        assert addresses_listened_on(checkout) == {"127.0.0.1"}

        simulated = run(checkout, sys.executable, "simulate_logs.py", "60", "--seed", str(day))
        assert "60 accepted, 60 stored, 0 leaked, 0 changed" in simulated
        isolation = run(checkout, "scripts/test_isolation.sh")
        # 60 logs over three tenants a day, a marker a day each, which is read by its id once more.
        seen = [int(count) for count in re.findall(r"(\d+) items read, 0 of another tenant", isolation)]
        assert len(seen) == 3
        assert all(count > 20 * day for count in seen)

        terminal.press_ctrl_c()
        assert terminal.exit_code() == 0, terminal.output
        assert processes_in(checkout) == []
        assert "AKIAREAL" not in terminal.output


def test_a_taken_port_is_named(checkout: Path, environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        for variable in ("PORT", "FLOWER_PORT", "ENGINE_PORT"):
            done = subprocess.run(
                ["make", "run"],
                cwd=checkout,
                env=environment | {variable: str(taken)},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode != 0
            assert f"port {taken} is taken" in done.stderr
            assert f"{variable}=" in done.stderr


def test_a_process_that_dies_ends_all_of_it(checkout: Path, environment: dict[str, str]) -> None:
    terminal = Terminal(checkout, environment)
    terminal.wait_until_ready()
    # Granian's main process: the one that serves goes on without it, unless somebody stops it.
    granians = [process for process in processes_in(checkout) if "granian" in " ".join(process.cmdline())]

    min(granians, key=psutil.Process.create_time).send_signal(signal.SIGKILL)

    assert terminal.exit_code() != 0
    assert "a process ended by itself" in terminal.output
    wait_for("no process left", lambda: processes_in(checkout) == [])
