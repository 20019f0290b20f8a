"""Publishing of several requests' batches in messages that they share."""

import time
from collections.abc import Callable, Sequence
from itertools import chain as concatenated
from itertools import islice

import msgspec
from celery import chain

from broker import UNAVAILABLE_ERRORS
from broker.transport.sending import Message, Sending
from observability import safe_error_summary
from tasks.batch import Batch
from tasks.publishing import publish_in_parts
from tasks.redact import redact
from tasks.store import store

MessagesWithSenders = list[tuple[Message, set[int]]]
"""Messages, each with the indexes of the batches whose logs it holds."""

publish_observers: list[Callable[[int, float], None]] = []
"""Called after each publish that SQS accepted, with the number of batches and the duration in seconds."""


class QueueUnavailable(Exception):
    """Error of a batch that SQS did not accept."""


def publish_batches(batches: Sequence[Batch]) -> list[Exception | None]:
    """Publish batches of one tenant in as few messages as possible.

    Returns:
        The error of each batch, in their order. It is None if SQS has all of the batch, QueueUnavailable if SQS did
        not accept it, and any other error if the batch itself is wrong, such as MessageTooLarge.
    """
    errors: list[Exception | None] = [None] * len(batches)
    try:
        messages = _build_messages_or_errors(batches, errors)
    except UNAVAILABLE_ERRORS as error:
        return [QueueUnavailable(safe_error_summary(error)) for _ in batches]
    sending = Sending()
    for message, _ in messages:
        sending.add(message)
    began = time.monotonic()
    try:
        sending.send()
    except UNAVAILABLE_ERRORS as error:
        unsent = set(sending.unsent)
        for index in {index for message, senders in messages if message in unsent for index in senders}:
            errors[index] = QueueUnavailable(safe_error_summary(error))
    else:
        for observe in publish_observers:
            observe(len(batches), time.monotonic() - began)
    return errors


def _build_messages_or_errors(batches: Sequence[Batch], errors: list[Exception | None]) -> MessagesWithSenders:
    """Build the messages of all batches together, or of each alone.

    If one batch is wrong, each is tried alone to find out which; its error is put into `errors`.
    """
    try:
        return _build_messages(_merge(batches), [index for index, batch in enumerate(batches) for _ in batch.logs])
    except UNAVAILABLE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 - each caller gets its own
        if len(batches) == 1:
            errors[0] = error
            return []
    messages: MessagesWithSenders = []
    for index, batch in enumerate(batches):
        try:
            messages += _build_messages(batch, [index] * len(batch.logs))
        except UNAVAILABLE_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            errors[index] = error
    return messages


def _build_messages(batch: Batch, senders: Sequence[int]) -> MessagesWithSenders:
    """Build the messages that carry a batch, without sending them.

    Args:
        batch: the logs of one or more senders.
        senders: for each log the index of the batch that it is from.
    """
    # In this block `apply_async` returns without a call to SQS: the transport collects the messages, so that
    # `publish_batches` can send them together and tell which of them SQS did not accept.
    with Sending() as sending:
        log_counts = publish_in_parts(batch, chain(redact.s(), store.s()))
    sender_of_next_log = iter(senders)
    return [
        (message, set(islice(sender_of_next_log, log_count)))
        for message, log_count in zip(sending.unsent, log_counts, strict=True)
    ]


def _merge(batches: Sequence[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    return msgspec.structs.replace(
        batches[0],
        request_id=",".join(batch.request_id for batch in batches),
        logs=tuple(concatenated.from_iterable(batch.logs for batch in batches)),
        traceparent=next((batch.traceparent for batch in batches if batch.traceparent), ""),
    )
