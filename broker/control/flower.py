"""`python -m broker.control.flower`: stock Flower with the settings' login, read-only, and SQS on its broker page.

Written against Flower 2.2.0, whose broker page knows RabbitMQ and Redis only.
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

HOOK = "get_broker"


class CannotStart(Exception):
    """Flower must not run like this; the message says what to do."""


def queue_lengths() -> list[dict[str, str | int]]:
    """A row of Flower's broker page for each queue; the numbers are SQS's approximations.

    `messages_ready` can be received now, `messages_unacknowledged` are with a worker, `messages` has both and the
    retries that SQS holds back.

    Raises:
        botocore.exceptions.ClientError: SQS refused, or a queue is missing.
        botocore.exceptions.BotoCoreError: SQS did not answer.
    """
    sqs = get_shared_client("sqs", QUEUE_SETUP)
    rows: list[dict[str, str | int]] = []
    for queue in (REDACT_QUEUE, STORE_QUEUE, FAILURES_QUEUE):
        attributes = sqs.get_queue_attributes(
            QueueUrl=get_queue_url(sqs, queue),
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            ],
        )["Attributes"]
        ready = int(attributes["ApproximateNumberOfMessages"])
        unacknowledged = int(attributes["ApproximateNumberOfMessagesNotVisible"])
        rows.append(
            {
                "name": queue,
                "messages": ready + unacknowledged + int(attributes["ApproximateNumberOfMessagesDelayed"]),
                "messages_ready": ready,
                "messages_unacknowledged": unacknowledged,
            }
        )
    return rows


class SqsBroker:
    """What Flower's handlers ask for the queues."""

    async def queues(self, names: Iterable[str]) -> list[dict[str, str | int]]:
        """All queues: `names` are those that a worker consumes, which `failures` is not."""
        return await asyncio.get_running_loop().run_in_executor(None, queue_lengths)


def show_sqs_queues() -> None:
    """Make Flower's handlers ask SqsBroker.

    Raises:
        CannotStart: this Flower does not choose its broker where 2.2.0 does.
    """
    asks = inspect.unwrap(BrokerView.get).__code__.co_names
    if not callable(getattr(BaseHandler, HOOK, None)) or HOOK not in asks:
        raise CannotStart(f"this Flower has no {HOOK} for its broker page; install the version in requirements.txt")
    setattr(BaseHandler, HOOK, lambda handler: SqsBroker())


def flower_options() -> list[str]:
    """Flower's command line, from the settings. They win over Flower's own FLOWER_* variables and file.

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
        # Workers send their events without being told to; telling them every 5 s costs an SNS message each.
        "--enable_events=false",
        *([f"--basic_auth={login}"] if login else []),
    ]


def main() -> None:
    """Run Flower until a signal comes."""
    try:
        show_sqs_queues()
        options = flower_options()
    except CannotStart as reason:
        sys.exit(f"flower: {reason}")
    # In this process, so that `ps` does not show the login.
    celery(args=["-A", "tasks", "flower", *options], prog_name="celery", auto_envvar_prefix="CELERY")


if __name__ == "__main__":
    main()
