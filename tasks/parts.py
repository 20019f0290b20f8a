"""A batch that is too large for one SQS message goes as several."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from broker.transport.sending import MessageTooLarge
from tasks.batch import AnyBatch

MAX_LOGS = 10_000
"""A message's logs are done by one task, within its time limit."""

SomeBatch = TypeVar("SomeBatch", bound=AnyBatch)


def publish_in_parts(batch: SomeBatch, publish: Callable[[Any], object]) -> None:
    """Publish a batch whole if one message may have it, else its halves.

    How large a batch becomes on the wire is known only after it is compressed, so it is tried.

    Args:
        batch: what to publish.
        publish: takes a batch as builtins.
    Raises:
        MessageTooLarge: a single log is too large.
    """
    if len(batch.logs) <= MAX_LOGS:
        try:
            publish(msgspec.to_builtins(batch))
        except MessageTooLarge:
            if len(batch.logs) == 1:
                raise
        else:
            return
    middle = len(batch.logs) // 2
    for half in (batch.logs[:middle], batch.logs[middle:]):
        publish_in_parts(msgspec.structs.replace(batch, logs=half), publish)
