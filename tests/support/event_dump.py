"""Events of workers, as Celery's own command receives them."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settings import ROOT
from tests.support.processes import Processes


@contextmanager
def dump_events(processes: Processes, output: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `celery events --dump`, which writes to the file `output`."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [ROOT / ".venv/bin/celery", "-A", "tasks", "events", "--dump"],
            env=processes.environment,
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            # A test run in the background of a shell ignores SIGINT, and its children would too.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
