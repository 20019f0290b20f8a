"""What a task made of its batch."""

import logging
from dataclasses import dataclass, field

from models import Counts
from tasks.batch import AnyBatch
from tasks.failures import Reason

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Each log of the batch is in one of these."""

    done: AnyBatch | None = None
    """Goes on to the next task of the chain, if there is one."""
    unavailable: AnyBatch | None = None
    """Is tried again later: what it needs does not answer now."""
    turn_seconds: float | None = None
    """For what is unavailable because it has to wait for its turn: how long. That costs none of the retries."""
    failed: tuple[tuple[Reason, AnyBatch], ...] = ()
    """Goes to the failure queue, with the reason."""
    counts: Counts = field(default_factory=Counts, compare=False)
    """Of what was done, but for the failures."""


def discarded(batch: AnyBatch) -> Outcome:
    """That of the logs of a tenant that was erased, or is being: nothing of them is kept anywhere."""
    logger.warning("tenant %s is erased: %d logs of it are thrown away", batch.tenant_id, len(batch.logs))
    return Outcome()
