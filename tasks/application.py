"""Celery app, with the parts of Celery that the broker replaces."""

import logging
import sys

from celery import Celery
from celery.app.trace import LOG_REJECTED

import broker.control.events
import broker.control.mailbox
import broker.transport.channel
import broker.transport.consumer  # noqa: F401 - celeryconfig and the app below name these four in strings
import celeryconfig
from broker.transport.setup import set_up_broker
from settings import ROOT

# `celery -A` puts this folder on the path, and removes it once it has imported the app. `redaction` is imported later.
sys.path.append(str(ROOT))

app = Celery(
    "sluice",
    include=["tasks.redact", "tasks.store"],
    events="broker.control.events:Events",
    control="broker.control.mailbox:Control",
)
app.config_from_object(celeryconfig)
set_up_broker(app)

# At DEBUG these write requests and responses, which hold texts.
for _name in ("botocore", "boto3", "pynamodb", "urllib3"):
    logging.getLogger(_name).setLevel(logging.INFO)
# At INFO it writes that a topic was created, each time that it is looked up.
logging.getLogger("kombu.transport.SQS.SNS").setLevel(logging.WARNING)
# At INFO these write a line for each task that is received, succeeds, is retried, or raises DeadLettered. A worker
# writes one line of JSON for each task instead (tasks/reports/outcome_log.py).
logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
# At WARNING it writes a traceback for each message that is left in its queue; that task's line says why.
logging.getLogger("celery.app.trace").addFilter(lambda record: record.msg != LOG_REJECTED.strip())
