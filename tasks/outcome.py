"""What a task made of its batch."""

from dataclasses import dataclass

from tasks.batch import AnyBatch
from tasks.failures import Reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """Each log of the batch is in one of these."""

    done: AnyBatch | None = None
    """Goes on to the next task of the chain, if there is one."""
    unavailable: AnyBatch | None = None
    """Is tried again later: what it needs does not answer now."""
    failed: tuple[tuple[Reason, AnyBatch], ...] = ()
    """Goes to the failure queue, with the reason."""
