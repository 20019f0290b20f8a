"""Publishing in as many messages, and as few calls, as SQS demands."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from celery.canvas import Signature
from celery.exceptions import Reject

from broker import UNAVAILABLE_ERRORS
from broker.transport.sending import MessageTooLarge, Sending
from foundation.outage import Outage
from observability import safe_error_summary
from settings import settings
from tasks.batch import AnyBatch

Value = TypeVar("Value")

MAX_LOGS = 10_000
"""Logs in a message at most, since one task has to process them within its time limit."""

PATIENCE_SECONDS = 0.6 * settings.task_time_limit_seconds
"""Time that a task waits for SQS at most; the rest of its time limit allows one more try against an SQS that hangs."""

_outage = Outage("publishing to SQS", quiet_seconds=10)


def publish_in_parts(batch: AnyBatch, signature: "Signature[Any]", **options: Any) -> list[int]:
    """Publish a batch in one message, or in halves if too large.

    The size of a batch in a message is known only after compression, so a batch is split when a message was too large.

    Args:
        batch: is passed to the task as builtins, as its only argument.
        signature: of the task, or of a chain of tasks.
        options: for `apply_async`.
    Returns:
        The number of logs in each message; together the messages hold the logs in order.
    Raises:
        MessageTooLarge: a single log is too large for a message.
    """
    if len(batch.logs) <= MAX_LOGS:
        try:
            signature.apply_async((msgspec.to_builtins(batch),), **options)
        except MessageTooLarge:
            if len(batch.logs) == 1:
                raise
        else:
            return [len(batch.logs)]
    middle = len(batch.logs) // 2
    halves = (msgspec.structs.replace(batch, logs=logs) for logs in (batch.logs[:middle], batch.logs[middle:]))
    return [count for half in halves for count in publish_in_parts(half, signature, **options)]


def publish_together(publish: Callable[[], Value]) -> Value:
    """Call `publish`, and send all that it publishes together.

    While SQS is unavailable this waits, for PATIENCE_SECONDS at most: that saves the work of the task, and a worker
    without SQS has nothing else to do.

    Returns:
        The value that `publish` returned.
    Raises:
        celery.exceptions.Reject: SQS did not accept the messages. The task's own message stays in its queue, unacked,
            and is delivered again.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    collected: tuple[Sending, Value] | None = None
    while True:
        try:
            if collected is None:
                # In this block `apply_async` returns without a call to SQS: the transport collects the messages.
                with Sending() as sending:
                    collected = sending, publish()
            collected[0].send()
        except UNAVAILABLE_ERRORS as error:
            _outage.record_failure(safe_error_summary(error))
            if time.monotonic() + _outage.delay_seconds > deadline:
                raise Reject("SQS does not accept what follows", requeue=True) from None
            time.sleep(_outage.delay_seconds)
        else:
            _outage.record_success()
            return collected[1]
