"""Which messages of the failure queue somebody means."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from broker.dead_letters import DeadLetter, DeadLetters

SLICE = 500
SLICE_BYTES = 64 << 20


class Selection(msgspec.Struct, frozen=True):
    """Messages that match all that is given; all of them when nothing is.

    Attributes:
        ids: of messages.
        since: ISO 8601 in UTC; those that failed then or later.
        before: as `since`; those that failed earlier.
    """

    ids: frozenset[str] = frozenset()
    tenant: str = ""
    reason: str = ""
    since: str = ""
    before: str = ""

    def takes(self, letter: DeadLetter) -> bool:
        """Whether a message is meant."""
        return (
            (not self.ids or letter.message_id in self.ids)
            and self.tenant in ("", letter.tenant_id)
            and self.reason in ("", letter.reason)
            and (not self.since or letter.failed_at >= self.since)
            and (not self.before or letter.failed_at < self.before)
        )

    def of(self, letters: Iterable[DeadLetter]) -> Iterator[DeadLetter]:
        """Those that are meant; stops when all that were asked for by id are there."""
        left = len(self.ids)
        for letter in letters:
            if self.takes(letter):
                yield letter
                left -= 1
                if left == 0:
                    return

    def redrive(self, letters: DeadLetters) -> Iterator[DeadLetter]:
        """Put those back that are meant and can run; not those that fail again while this goes on."""
        mine = msgspec.structs.replace(self, before=self.before or now())
        for some in _slices(letter for letter in mine.of(letters) if letter.origin_queue):
            yield from letters.redrive(some)

    def discard(self, letters: DeadLetters) -> Iterator[int]:
        """Delete those that are meant; yields how many at a time."""
        for some in _slices(self.of(letters)):
            yield letters.discard(some)


def now() -> str:
    """ISO 8601 in UTC, as messages have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


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
