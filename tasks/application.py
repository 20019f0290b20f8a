"""The Celery app."""

from celery import Celery

import broker.consumer
import broker.transport  # noqa: F401 - here, because `celery -A` has this folder on its path only while it imports us
import celeryconfig

app = Celery("sluice", include=["tasks.redact", "tasks.store"])
app.config_from_object(celeryconfig)
