"""Sluice's real processes, started with the Procfile's own commands."""

import os
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import urllib3
from honcho.environ import parse_procfile

from local.environment import engine_environment
from local.ports import free_port
from settings import ROOT
from tests.support.waiting import wait_for, witnesses

COMMANDS: Mapping[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
LAST_LINES = 15
READY_LINES = {"web": "Started worker", "redact": " ready.", "store": " ready.", "flower": "Visit me at"}


class Processes:
    """Processes of the Procfile, against one engine.

    Their output goes to files under `directory`.
    """

    def __init__(self, directory: Path, engine_url: str, **environment: str) -> None:
        self.commands = dict(COMMANDS)
        self._directory = directory
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._log_begins: Counter[str] = Counter()
        self.web_port = free_port()
        self.flower_port = free_port()
        ports = {"PORT": str(self.web_port), "FLOWER_PORT": str(self.flower_port)}
        self.environment = engine_environment(engine_url) | ports | environment
        witnesses.add(self)
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(30))

    def use_queues(self, prefix: str) -> None:
        """Make queues for the processes that are started from now on."""
        self.environment |= {"SLUICE_QUEUE_PREFIX": prefix}
        self.sluice("broker", "create").check_returncode()

    def sluice(self, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        """Run one of Sluice's commands, as an operator does."""
        return subprocess.run(
            [str(ROOT / "sluice"), *arguments],
            env=self.environment,
            cwd=ROOT,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, *names: str) -> None:
        """Start processes by their Procfile names and wait until they are ready."""
        for name in names:
            with self.log_file(name).open("ab") as log:
                self._log_begins[name] = log.tell()
                self._running[name] = subprocess.Popen(
                    self.commands[name],
                    shell=True,
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        for name in names:
            wait_for(f"{name} that is ready", partial(self._is_ready_or_ended, name))
            assert not self._ended(name), self.log(name)

    def _is_ready_or_ended(self, name: str) -> bool:
        if self._ended(name):
            return True
        # On a loaded machine a web process writes its line long before it accepts connections.
        return READY_LINES[name] in self.log(name, self._log_begins[name]) and (name != "web" or self._web_accepts())

    def _web_accepts(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.web_port), timeout=5).close()
        except OSError:
            return False
        return True

    def _ended(self, name: str) -> bool:
        return self._running[name].poll() is not None

    def pid(self, name: str) -> int:
        """Return the process id; the Procfile's shells exec their commands."""
        return self._running[name].pid

    def is_running(self, name: str) -> bool:
        return self._running[name].poll() is None

    def log_file(self, name: str) -> Path:
        return self._directory / f"{name}.log"

    def log(self, name: str, begin: int = 0) -> str:
        """Return the output of a process, from a byte on.

        The output of earlier processes of the same name comes first.
        """
        return self.log_file(name).read_bytes()[begin:].decode(errors="replace")

    def last_lines(self) -> str:
        """Return each process's last lines, to explain a failed test."""
        return "\n".join(
            f"--- {name} ---\n" + "\n".join(self.log(name).splitlines()[-LAST_LINES:]) for name in self._running
        )

    def kill(self, name: str) -> None:
        """Send SIGKILL to the process and its children."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> dict[str, int]:
        """Send SIGTERM to all processes, and return the exit codes by name."""
        for process in self._running.values():
            process.terminate()
        codes = {}
        for name, process in self._running.items():
            try:
                codes[name] = process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise AssertionError(f"{name} did not stop:\n{self.log(name)}") from None
        self._running.clear()
        return codes

    def post(self, body: bytes | str, path: str = "/ingest", **headers: str) -> urllib3.BaseHTTPResponse:
        """Send a POST; header names have underscores for hyphens."""
        url = f"http://127.0.0.1:{self.web_port}{path}"
        return self._http.request("POST", url, body=body, headers=_named(headers))

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        """Send a GET; header names as for `post`."""
        return self._http.request("GET", f"http://127.0.0.1:{self.web_port}{path}", headers=_named(headers))

    def get_flower(self, path: str) -> urllib3.BaseHTTPResponse:
        return self._http.request("GET", f"http://127.0.0.1:{self.flower_port}{path}")


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
