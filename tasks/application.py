"""The Celery app."""

import logging
import sys

from celery import Celery
from celery.app.trace import LOG_REJECTED

import broker.control.events
import broker.control.mailbox
import broker.transport.channel
import broker.transport.consumer  # noqa: F401 - these four by their names in celeryconfig and below
import celeryconfig
from broker.transport.drain import Drain
from settings import ROOT

# `celery -A` puts this folder on the path, and takes it off when it has imported us. What redacts is imported later.
sys.path.append(str(ROOT))

app = Celery(
    "sluice",
    include=["tasks.redact", "tasks.store"],
    events="broker.control.events:Events",
    control="broker.control.mailbox:Control",
)
app.config_from_object(celeryconfig)
app.steps["worker"].add(Drain)

# At DEBUG these write requests and answers, with texts in them.
for _name in ("botocore", "boto3", "pynamodb", "urllib3"):
    logging.getLogger(_name).setLevel(logging.INFO)
# Its INFO says that a topic was created, each time that it is looked up.
logging.getLogger("kombu.transport.SQS.SNS").setLevel(logging.WARNING)
# A WARNING with a traceback for each message that is left queued; tasks.pipeline_task and tasks.publishing log why.
logging.getLogger("celery.app.trace").addFilter(lambda record: record.msg != LOG_REJECTED.strip())
