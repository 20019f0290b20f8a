"""Remote control over SQS and SNS, with stock Celery."""

import subprocess

from settings import ROOT
from tests.processes import Processes


def test_every_worker_answers_a_ping(processes: Processes) -> None:
    processes.start("redact", "store")

    ping = subprocess.run(
        [ROOT / ".venv/bin/celery", "-A", "tasks", "inspect", "ping", "--timeout", "5"],
        env=processes.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "redact@" in ping.stdout
    assert "store@" in ping.stdout
    assert ping.stdout.count("pong") == 2
