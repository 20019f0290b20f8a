"""The Celery app and its tasks: `celery -A tasks worker -Q redact`."""

from tasks.application import app

__all__ = ["app"]
