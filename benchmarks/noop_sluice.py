"""The task on Sluice's Celery app, settings, transport and consumer."""

from benchmarks.noop import TASK, note
from tasks import app

__all__ = ["app"]

app.task(name=TASK)(note)
