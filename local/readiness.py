"""The wait until all of Sluice's processes work."""

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping

from settings import ROOT, STATE_DIRECTORY

READY_SECONDS = 120
LOG_FILE = STATE_DIRECTORY / "run.log"


class NotReady(Exception):
    """A process did not start in time; the message names it."""


def wait_until_ready(environment: Mapping[str, str], web_port: int, flower_port: int) -> None:
    """Return when web and Flower answer and both workers answer a ping.

    Raises:
        NotReady: one of them did not within READY_SECONDS.
    """
    checks: dict[str, Callable[[], bool]] = {
        "web": lambda: _answers(f"http://127.0.0.1:{web_port}/readyz"),
        "flower": lambda: _answers(f"http://127.0.0.1:{flower_port}/healthcheck"),
        "workers": lambda: _workers_answer(environment),
    }
    deadline = time.monotonic() + READY_SECONDS
    for name, check in checks.items():
        while not check():
            if time.monotonic() > deadline:
                raise NotReady(f"{name} did not become ready within {READY_SECONDS} s; see {LOG_FILE}")
            time.sleep(0.25)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _workers_answer(environment: Mapping[str, str]) -> bool:
    ping = subprocess.run(
        ["celery", "-A", "tasks", "inspect", "ping", "--timeout", "3"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return all(f"{worker}@" in ping.stdout for worker in ("redact", "store"))
