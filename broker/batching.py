"""Batches of SQS's batch calls, which take ten entries each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

Entry = TypeVar("Entry")

BATCH_SIZE = 10
"""Entries of one SendMessageBatch, DeleteMessageBatch or ChangeMessageVisibilityBatch call: SQS's limit."""

ReceiptsByQueue = Mapping[str, Sequence[str]]
"""Receipt handles of messages, by queue URL."""


def batched(entries: Sequence[Entry], size: int = BATCH_SIZE) -> Iterator[Sequence[Entry]]:
    """Yield consecutive slices of up to `size` entries."""
    for start in range(0, len(entries), size):
        yield entries[start : start + size]
