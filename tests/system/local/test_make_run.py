"""`make run` as a newcomer uses it, on two days."""

import json
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
    """Copy the working tree, so that nobody's own .data is touched.

    The installed environments are linked.
    """
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
    """Return the variables of a shell with real credentials in it."""
    ports = {name: str(free_port()) for name in ("PORT", "FLOWER_PORT", "ENGINE_PORT")}
    credentials = {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_PROFILE": "production"}
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | credentials | ports


def processes_in(checkout: Path) -> list[psutil.Process]:
    """Find the processes in the checkout, and its engine."""
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
    """Run a command in another shell, and return the output.

    Real AWS, for which the shell has credentials, is a closed port.
    """
    real = {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "real", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    bare = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | real
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
        if day == 2:
            shutil.copy(checkout / ".env.example", checkout / ".env")
        terminal = Terminal(checkout, environment)
        terminal.wait_until_ready()
        assert f"app     http://127.0.0.1:{environment['PORT']}\r\n" in terminal.output
        assert f"docs    http://127.0.0.1:{environment['PORT']}/docs\r\n" in terminal.output
        assert f"Flower  http://127.0.0.1:{environment['FLOWER_PORT']}\r\n" in terminal.output
        assert (checkout / ".data").stat().st_mode & 0o777 == 0o700
        assert addresses_listened_on(checkout) == {"127.0.0.1"}

        simulated = run(checkout, sys.executable, "simulate_logs.py", "60", "--seed", str(day))
        assert "60 accepted, 60 stored, 0 leaked, 0 changed" in simulated
        for number, form in enumerate((["./sluice"], [".venv/bin/flask", "--app", "webapp"])):
            assert "is created" in run(checkout, *form, "tenants", "create", f"mine-{day}-{number}")
            assert f"mine-{day}-{number}\tactive" in run(checkout, *form, "tenants", "list")
        isolation = run(checkout, "scripts/test_isolation.sh")
        # 60 logs over three tenants a day, a marker a day each, which is read by its id once more.
        seen = [int(count) for count in re.findall(r"(\d+) items read, 0 of another tenant", isolation)]
        assert len(seen) == 3
        assert all(count > 20 * day for count in seen)

        terminal.press_ctrl_c()
        assert terminal.exit_code() == 0, terminal.output
        assert "stopping: running tasks are finished first" in terminal.output
        assert "stopped; the logs are in .data\r\n" in terminal.output
        check_screen(terminal.output)
        assert processes_in(checkout) == []
        assert "AKIAREAL" not in terminal.output


def check_screen(output: str) -> None:
    """Check that `make run` and tasks wrote each line."""
    before, _, after = output.replace("\r", "").partition("Sluice is ready.")
    # make itself warns where clocks differ, as on a machine whose clock was set back.
    own = ("starting ", "creating tables", "^C", "make: Warning: File")
    assert [line for line in before.splitlines() if line and not line.startswith(own)] == []
    lines = [line.partition(" | ")[2] for line in after.splitlines() if " | " in line]
    assert lines
    for line in lines:
        assert json.loads(re.sub(r"\x1b\[[0-9;]*m", "", line))["task"] in {"tasks.redact.redact", "tasks.store.store"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"PORT": "eighty"}, "PORT (environment): Input should be a valid integer"),
        ({"PORT": "5678", "FLOWER_PORT": "5678"}, "PORT and FLOWER_PORT are both 5678: choose another"),
    ],
    ids=["no number", "equal"],
)
def test_a_wrong_port_is_a_line(
    checkout: Path, environment: dict[str, str], wrong: dict[str, str], message: str
) -> None:
    done = make_run(checkout, environment | wrong)

    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_state_that_can_not_be_written_is_a_line(checkout: Path, environment: dict[str, str]) -> None:
    (checkout / ".data").write_text("no folder")

    done = make_run(checkout, environment)

    assert f"make run: {checkout / '.data'} can't be used (File exists)" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_run_leaves_nothing_behind(checkout: Path, environment: dict[str, str]) -> None:
    terminal = Terminal(checkout, environment)
    terminal.wait_until_ready()
    pid = int((checkout / ".data" / "run.lock").read_text())
    assert f"running here already (process {pid})" in make_run(checkout, environment).stderr

    os.kill(pid, signal.SIGKILL)

    assert terminal.exit_code() != 0
    wait_for("no process left", lambda: processes_in(checkout) == [])
    # Where it listened is in a file that it could not remove; the next run listens where it is asked to.
    again = Terminal(checkout, environment | {"PORT": str(free_port()), "ENGINE_PORT": str(free_port())})
    again.wait_until_ready()
    again.press_ctrl_c()
    assert again.exit_code() == 0, again.output


def make_run(checkout: Path, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run `make run`, which fails."""
    done = subprocess.run(
        ["make", "run"], cwd=checkout, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    return done


def test_a_taken_port_is_named(checkout: Path, environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        for variable in ("PORT", "FLOWER_PORT", "ENGINE_PORT"):
            done = make_run(checkout, environment | {variable: str(taken)})
            assert f"port {taken} is taken" in done.stderr
            assert f"{variable}=" in done.stderr


def test_a_process_that_dies_ends_all_others(checkout: Path, environment: dict[str, str]) -> None:
    terminal = Terminal(checkout, environment)
    terminal.wait_until_ready()
    # Granian's main process: the one that serves goes on without it, unless somebody stops it.
    granians = [process for process in processes_in(checkout) if "granian" in " ".join(process.cmdline())]

    min(granians, key=psutil.Process.create_time).send_signal(signal.SIGKILL)

    assert terminal.exit_code() != 0
    assert "a process ended by itself" in terminal.output
    wait_for("no process left", lambda: processes_in(checkout) == [])
