"""Flower with the settings' login, read-only, and SQS on its broker page.

`python -m broker.control.flower` starts it. Written against Flower 2.2.0, whose broker page
has RabbitMQ and Redis only.
"""

import asyncio
import inspect
import sys
from collections.abc import Iterable

from celery.bin.celery import celery
from flower.views import BaseHandler
from flower.views.broker import BrokerView

from broker.queues import get_queue_url
from foundation.aws_clients import QUEUE_SETUP, get_shared_client
from settings import LOOPBACK_HOSTS, settings
from topology import FAILURES_QUEUE, REDACT_QUEUE, STORE_QUEUE

BROKER_HOOK = "get_broker"
"""The method of Flower's handlers that returns the broker to ask."""

_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class CannotStart(Exception):
    """Flower must not run like this; the message says what to do."""


def get_queue_lengths() -> list[dict[str, str | int]]:
    """Return a row of Flower's broker page for each queue.

    The numbers are approximations.

    `messages_ready` can be received now, `messages_unacknowledged` are with a worker. `messages` has both, and the
    retries that SQS delays.

    Raises:
        botocore.exceptions.ClientError: SQS refused, or a queue is missing.
        botocore.exceptions.BotoCoreError: SQS did not answer.
    """
    sqs = get_shared_client("sqs", QUEUE_SETUP)
    rows: list[dict[str, str | int]] = []
    for queue in (REDACT_QUEUE, STORE_QUEUE, FAILURES_QUEUE):
        attributes = sqs.get_queue_attributes(
            QueueUrl=get_queue_url(sqs, queue),
            AttributeNames=_COUNTS,
        )["Attributes"]
        ready, unacknowledged, delayed = (int(attributes[name]) for name in _COUNTS)
        rows.append(
            {
                "name": queue,
                "messages": ready + unacknowledged + delayed,
                "messages_ready": ready,
                "messages_unacknowledged": unacknowledged,
            }
        )
    return rows


class SqsBroker:
    """The broker that Flower's handlers ask for queues."""

    async def queues(self, names: Iterable[str]) -> list[dict[str, str | int]]:
        """Return the rows of all queues.

        Flower passes the `names` of queues that workers consume, which `failures` is not among.
        """
        return await asyncio.get_running_loop().run_in_executor(None, get_queue_lengths)


def use_sqs_broker() -> None:
    """Make Flower's handlers ask `SqsBroker`.

    Stock Flower answers 404 on its broker page for an `sqs://` URL.

    Raises:
        CannotStart: this version of Flower chooses its broker elsewhere than 2.2.0.
    """
    names = inspect.unwrap(BrokerView.get).__code__.co_names
    if not callable(getattr(BaseHandler, BROKER_HOOK, None)) or BROKER_HOOK not in names:
        raise CannotStart(
            f"this Flower has no {BROKER_HOOK} for its broker page; install the version in requirements.txt"
        )
    setattr(BaseHandler, BROKER_HOOK, lambda handler: SqsBroker())


def build_flower_options() -> list[str]:
    """Build Flower's command line from the settings.

    Options win over Flower's FLOWER_* variables and its file.

    Raises:
        CannotStart: Flower would listen beyond this machine without a login.
    """
    login = settings.flower_basic_auth.get_secret_value()
    if not login and settings.host not in LOOPBACK_HOSTS:
        raise CannotStart(
            f"SLUICE_HOST={settings.host} is not loopback: set SLUICE_FLOWER_BASIC_AUTH=user:password, "
            "so that Flower asks for a login"
        )
    return [
        f"--address={settings.host}",
        f"--port={settings.flower_port}",
        f"--read_only={settings.flower_read_only}",
        # Workers send events by themselves (`worker_send_task_events`). Stock Flower asks them to every 5 s, which
        # costs an SNS message each time.
        "--enable_events=false",
        *([f"--basic_auth={login}"] if login else []),
    ]


def main() -> None:
    """Run Flower until it gets a signal."""
    try:
        use_sqs_broker()
        options = build_flower_options()
    except CannotStart as reason:
        sys.exit(f"flower: {reason}")
    # Called in this process, so that `ps` does not show the login.
    celery(args=["-A", "tasks", "flower", *options], prog_name="celery", auto_envvar_prefix="CELERY")


if __name__ == "__main__":
    main()
