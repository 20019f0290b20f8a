"""`simulate_logs.py` and `test_isolation.sh` where nothing runs."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.ports import free_port
from settings import ROOT
from simulate_logs import Sender

ISOLATION = "scripts/test_isolation.sh"


def run(*command: str, folder: Path = ROOT, timeout: float = 60) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PORT": str(free_port())}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )


@pytest.mark.parametrize("command", [(sys.executable, "simulate_logs.py", "200"), (ISOLATION,)], ids=str)
def test_a_program_asks_for_make_run(command: tuple[str, ...]) -> None:
    done = run(*command)

    assert done.returncode == 2
    assert "is `make run` running?" in done.stderr
    assert "Traceback" not in done.stderr


def test_simulate_gives_up_on_a_web_process_that_hangs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sender = Sender(f"http://127.0.0.1:{silent.getsockname()[1]}", None)

        assert sender.find_connection_error() == "ReadTimeoutError"


@pytest.mark.parametrize("command", [("/usr/bin/python3", "simulate_logs.py", "5"), (ISOLATION,)], ids=str)
def test_without_an_installation_a_program_names_make_run(tmp_path: Path, command: tuple[str, ...]) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    shutil.copy(ROOT / "simulate_logs.py", tmp_path)

    done = run(*command, folder=tmp_path)

    assert done.returncode != 0
    assert "nothing is installed yet; run: make run" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--hlp"], "unrecognized arguments: --hlp"),
        (["tenant-1"], "name two tenants or more"),
        (["tenant-1", "white space"], "a tenant id has 1 to 64 of"),
    ],
    ids=str,
)
def test_isolation_takes_no_option_for_a_tenant(arguments: list[str], message: str) -> None:
    done = run(ISOLATION, *arguments)

    assert done.returncode == 2
    assert message in done.stderr


def test_isolation_explains_itself() -> None:
    done = run(ISOLATION, "--help")

    assert done.returncode == 0
    assert "Sends a log of each tenant, which stays stored" in " ".join(done.stdout.split())
