"""Which messages of the failure queue somebody means, and what is done to them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from broker.failures.dead_letter import DeadLetter
from broker.failures.failure_queue import FailureQueue
from foundation.timestamps import format_failure_time

SLICE = 500
SLICE_BYTES = 64 << 20


class Redriven(msgspec.Struct):
    """What became of messages that were to be put back.

    Attributes:
        back: they are in the queue that they came from.
        cannot_run: no messages of ours; they stay.
        refused: SQS did not take them; they stay.
    """

    back: int = 0
    cannot_run: int = 0
    refused: int = 0


class Discarded(msgspec.Struct):
    """What became of messages that were to be deleted. Those that SQS did not delete stay."""

    deleted: int = 0
    refused: int = 0


class Selection(msgspec.Struct, frozen=True):
    """Messages that match all that is given; all of them when nothing is.

    Attributes:
        ids: of dead letters, or SQS's of messages.
        since: ISO 8601 in UTC, with milliseconds; those that failed then or later.
        before: as `since`; those that failed earlier.
    """

    ids: frozenset[str] = frozenset()
    tenant: str = ""
    reason: str = ""
    since: str = ""
    before: str = ""

    def matches(self, letter: DeadLetter) -> bool:
        """Whether a message is meant."""
        return (
            (not self.ids or not self.ids.isdisjoint((letter.id, letter.message_id)))
            and self.tenant in ("", letter.tenant_id)
            and self.reason in ("", letter.reason)
            and (not self.since or letter.failed_at >= self.since)
            and (not self.before or letter.failed_at < self.before)
        )

    def select(self, letters: Iterable[DeadLetter]) -> Iterator[DeadLetter]:
        """Those that are meant."""
        return filter(self.matches, letters)

    def redrive(self, letters: FailureQueue, *, dry_run: bool = False) -> Redriven:
        """Put those back that are meant and can run; not those that fail while this goes on."""
        mine = msgspec.structs.replace(self, before=self.before or format_failure_time(datetime.now(UTC)))
        done = Redriven()
        for some in _slices(mine.select(letters)):
            can_run = [letter for letter in some if letter.origin_queue]
            back = len(can_run) if dry_run else sum(1 for _ in letters.redrive(can_run))
            done.back += back
            done.refused += len(can_run) - back
            done.cannot_run += len(some) - len(can_run)
        return done

    def discard(self, letters: FailureQueue, *, dry_run: bool = False) -> Discarded:
        """Delete those that are meant."""
        done = Discarded()
        for some in _slices(self.select(letters)):
            deleted = len(some) if dry_run else letters.discard(some)
            done.deleted += deleted
            done.refused += len(some) - deleted
        return done


def _slices(letters: Iterable[DeadLetter]) -> Iterator[list[DeadLetter]]:
    """Some at a time: the queue may hold more than fits into memory."""
    some: list[DeadLetter] = []
    size = 0
    for letter in letters:
        some.append(letter)
        size += len(letter.body)
        if len(some) >= SLICE or size >= SLICE_BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some
