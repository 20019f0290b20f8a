"""SQS takes ten messages a call."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

Entry = TypeVar("Entry")

BATCH_SIZE = 10

Held = Mapping[str, Sequence[str]]
"""Receipts of messages by queue URL."""


def batches(entries: Sequence[Entry], size: int = BATCH_SIZE) -> Iterator[Sequence[Entry]]:
    """Consecutive runs of up to `size`."""
    for start in range(0, len(entries), size):
        yield entries[start : start + size]
