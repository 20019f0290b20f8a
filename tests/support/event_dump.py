"""What workers tell of themselves, as Celery's own command receives it."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settings import ROOT
from tests.support.processes import Processes


@contextmanager
def dump_of_events(processes: Processes, output: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A running `celery events --dump` that writes to a file."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [ROOT / ".venv/bin/celery", "-A", "tasks", "events", "--dump"],
            env=processes.environment,
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            # Tests that run in the background of a shell ignore it, and their children with them.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
