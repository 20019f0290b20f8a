"""The one place that publishes a batch."""

import time
from collections.abc import Callable, Sequence
from itertools import chain as concatenated
from itertools import islice
from typing import Any

import msgspec
from celery import chain

from broker import UNAVAILABLE_ERRORS
from broker.transport.sending import Message, Sending
from observability import safe_error_summary
from settings import settings
from tasks.batch import Batch
from tasks.group_commit import GroupCommit, QueueFull, QueueUnavailable
from tasks.parts import publish_in_parts
from tasks.redact import redact
from tasks.store import store

__all__ = ["QueueFull", "QueueUnavailable", "observers", "publish_group", "submit"]

Riders = list[tuple[Message, set[int]]]
"""Messages, each with the places of the batches whose logs are in it."""

observers: list[Callable[[int, float], None]] = []
"""Are told of each publish that SQS took: how many requests left together, and how many seconds it took."""


def submit(batch: Batch) -> None:
    """Send a batch on its way, with those of the same tenant that wait beside it. When this returns, SQS has it.

    Raises:
        QueueFull: too much waits for SQS already.
        QueueUnavailable: SQS did not answer, or refused; of a batch too large for one message it may have a part.
        broker.transport.sending.MessageTooLarge: a single log is too large for a message.
    """
    if settings.group_commit:
        _group_commit.submit(batch)
    elif error := publish_group([batch])[0]:
        raise error


def publish_group(batches: Sequence[Batch]) -> list[Exception | None]:
    """Publish batches of one tenant in as few messages as hold them.

    Returns:
        What became of each, in their order: None when SQS has all of it; QueueUnavailable; or what is wrong with this
        one, such as MessageTooLarge.
    """
    errors: list[Exception | None] = [None] * len(batches)
    try:
        riders = _prepare(batches, errors)
    except UNAVAILABLE_ERRORS as error:
        return [QueueUnavailable(safe_error_summary(error)) for _ in batches]
    sending = Sending()
    for message, _ in riders:
        sending.add(message)
    began = time.monotonic()
    try:
        sending.send()
    except UNAVAILABLE_ERRORS as error:
        unsent = set(sending.unsent)
        for place in {place for message, places in riders if message in unsent for place in places}:
            errors[place] = QueueUnavailable(safe_error_summary(error))
    else:
        for observe in observers:
            observe(len(batches), time.monotonic() - began)
    return errors


def _prepare(batches: Sequence[Batch], errors: list[Exception | None]) -> Riders:
    """The messages of all batches together; of each by itself, if one of them is wrong, whose error is then noted."""
    try:
        return _messages_of(_merge(batches), [place for place, batch in enumerate(batches) for _ in batch.logs])
    except UNAVAILABLE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 - each caller gets its own
        if len(batches) == 1:
            errors[0] = error
            return []
    riders: Riders = []
    for place, batch in enumerate(batches):
        try:
            riders += _messages_of(batch, [place] * len(batch.logs))
        except UNAVAILABLE_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            errors[place] = error
    return riders


def _messages_of(batch: Batch, owners: Sequence[int]) -> Riders:
    """A batch as messages that are not sent yet.

    Args:
        batch: what to publish.
        owners: for each log the place of the batch that it is from.
    """
    counts: list[int] = []

    def publish(payload: Any) -> None:
        chain(redact.s(payload), store.s()).apply_async()
        counts.append(len(payload["logs"]))

    with Sending() as sending:
        publish_in_parts(batch, publish)
    # The parts hold the logs in order.
    rest = iter(owners)
    return [(message, set(islice(rest, count))) for message, count in zip(sending.unsent, counts, strict=True)]


def _merge(batches: Sequence[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    return msgspec.structs.replace(
        batches[0],
        request_id=",".join(batch.request_id for batch in batches),
        logs=tuple(concatenated.from_iterable(batch.logs for batch in batches)),
        traceparent=next((batch.traceparent for batch in batches if batch.traceparent), ""),
    )


_group_commit = GroupCommit(publish_group, settings.max_waiting_bytes)
