"""The one place that publishes a batch."""

from celery import chain

from broker import UNAVAILABLE_ERRORS
from broker.sending import Sending
from tasks.batch import Batch
from tasks.failures import origin_of
from tasks.parts import publish_in_parts
from tasks.redact import redact
from tasks.store import store


class QueueUnavailable(Exception):
    """SQS did not take the batch: nothing was accepted."""


def submit(batch: Batch) -> None:
    """Send a batch on its way. When this returns, SQS has it.

    Raises:
        QueueUnavailable: SQS did not answer, or refused; of a batch too large for one message it may have a part.
    """
    try:
        with Sending() as sending:
            publish_in_parts(batch, lambda payload: chain(redact.s(payload), store.s()).apply_async())
        sending.send()
    except UNAVAILABLE_ERRORS as error:
        raise QueueUnavailable(origin_of(error)) from None
