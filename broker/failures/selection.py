"""Filters for dead letters, and what is done to those that match."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from broker.failures.dead_letter import DeadLetter
from broker.failures.failure_queue import FailureQueue
from foundation.timestamps import format_failure_time

# Dead letters that are redriven or discarded together: enough for the parallel calls of the queue, and few enough that
# they fit into memory at 1 MiB each.
CHUNK_LETTERS = 500
CHUNK_BYTES = 64 << 20


class Redriven(msgspec.Struct):
    """The result of a redrive, in dead letters.

    Attributes:
        back: sent to the queues that they came from.
        cannot_run: no tasks of ours; they stay.
        refused: not taken by SQS; they stay.
    """

    back: int = 0
    cannot_run: int = 0
    refused: int = 0


class Discarded(msgspec.Struct):
    """The result of a discard, in dead letters.

    Attributes:
        refused: not deleted by SQS; they stay.
    """

    deleted: int = 0
    refused: int = 0


class Selection(msgspec.Struct, frozen=True):
    """Filters for dead letters. An empty one matches all.

    Attributes:
        ids: ids of dead letters, or SQS's ids of messages.
        since: ISO 8601 in UTC, with milliseconds; matches those that failed then or later.
        before: as `since`; matches those that failed earlier.
    """

    ids: frozenset[str] = frozenset()
    tenant: str = ""
    reason: str = ""
    since: str = ""
    before: str = ""

    def matches(self, letter: DeadLetter) -> bool:
        """Return whether the dead letter matches every given filter."""
        return (
            (not self.ids or not self.ids.isdisjoint((letter.id, letter.message_id)))
            and self.tenant in ("", letter.tenant_id)
            and self.reason in ("", letter.reason)
            and (not self.since or letter.failed_at >= self.since)
            and (not self.before or letter.failed_at < self.before)
        )

    def select(self, letters: Iterable[DeadLetter]) -> Iterator[DeadLetter]:
        """Yield the dead letters that match."""
        return filter(self.matches, letters)

    def redrive(self, queue: FailureQueue, *, dry_run: bool = False) -> Redriven:
        """Send the matching dead letters that can run back to their queues.

        Those that fail while this runs do not match, so that one that fails at once is not redriven again and again.
        """
        selection = msgspec.structs.replace(self, before=self.before or format_failure_time(datetime.now(UTC)))
        result = Redriven()
        for chunk in _split_into_chunks(selection.select(queue)):
            can_run = [letter for letter in chunk if letter.origin_queue]
            back = len(can_run) if dry_run else sum(1 for _ in queue.redrive(can_run))
            result.back += back
            result.refused += len(can_run) - back
            result.cannot_run += len(chunk) - len(can_run)
        return result

    def discard(self, queue: FailureQueue, *, dry_run: bool = False) -> Discarded:
        """Delete the matching dead letters."""
        result = Discarded()
        for chunk in _split_into_chunks(self.select(queue)):
            deleted = len(chunk) if dry_run else queue.discard(chunk)
            result.deleted += deleted
            result.refused += len(chunk) - deleted
        return result


def _split_into_chunks(letters: Iterable[DeadLetter]) -> Iterator[list[DeadLetter]]:
    """Yield some dead letters at a time.

    The queue may hold more than fits into memory.
    """
    chunk: list[DeadLetter] = []
    size = 0
    for letter in letters:
        chunk.append(letter)
        size += len(letter.body)
        if len(chunk) >= CHUNK_LETTERS or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
