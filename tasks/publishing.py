"""Everything that a task publishes leaves together, and waits while SQS does not take it."""

import time
from collections.abc import Callable
from typing import TypeVar

from celery.exceptions import Reject

from broker import UNAVAILABLE_ERRORS
from broker.transport.sending import Sending
from foundation.outage import Outage
from observability import safe_error_summary
from settings import settings

Value = TypeVar("Value")

# What is left of the time limit is enough for one more try against an SQS that hangs.
PATIENCE_SECONDS = 0.6 * settings.task_time_limit_seconds

_outage = Outage("publishing to SQS", quiet_seconds=10)


def publish_together(publish: Callable[[], Value]) -> Value:
    """Call `publish` and send all that it publishes.

    Waits while SQS does not take it, PATIENCE_SECONDS at most: that is the work of this task saved, and a worker
    without SQS has nothing else to do.

    Returns:
        What `publish` returned.
    Raises:
        celery.exceptions.Reject: it could not be published. The task's own message stays in its queue, unacked, and
            comes back.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    collected: tuple[Sending, Value] | None = None
    while True:
        try:
            if collected is None:
                with Sending() as sending:
                    collected = sending, publish()
            collected[0].send()
        except UNAVAILABLE_ERRORS as error:
            _outage.record_failure(safe_error_summary(error))
            if time.monotonic() + _outage.delay_seconds > deadline:
                raise Reject("SQS does not take what follows", requeue=True) from None
            time.sleep(_outage.delay_seconds)
        else:
            _outage.record_success()
            return collected[1]
