"""A Celery app with a task that sleeps, and records when."""

import time
from pathlib import Path

from tasks import app

__all__ = ["app"]


@app.task(name="tests.support.naps.nap")
def nap(name: str, seconds: float, diary: str) -> None:
    """Sleep for `seconds`; write a line into `diary` before and after."""
    with Path(diary).open("a") as lines:
        lines.write(f"{name} began\n")
        lines.flush()
        time.sleep(seconds)
        lines.write(f"{name} ended\n")
