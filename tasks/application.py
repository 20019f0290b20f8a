"""The Celery app."""

import logging

from celery import Celery

import broker.consumer
import broker.heartbeat
import broker.transport  # noqa: F401 - here, because `celery -A` has this folder on its path only while it imports us
import celeryconfig

app = Celery("sluice", include=["tasks.redact", "tasks.store"], events="broker.heartbeat:Events")
app.config_from_object(celeryconfig)

# Its INFO says that a topic was created, each time that it is looked up.
logging.getLogger("kombu.transport.SQS.SNS").setLevel(logging.WARNING)
