"""Result of a task: the logs that are done, retried or failed."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from broker.batching import BATCH_SIZE
from models import Counts
from tasks.batch import AnyBatch
from tasks.failures import REASONS_IN_A_LOG, Reason

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FailedPart:
    """Part of a batch that goes to the failure queue, as builtins.

    `payload` is what the message had in the batch's place when that is no batch.
    """

    reason: Reason
    payload: Any
    error: Exception | None = None

    @property
    def log_count(self) -> int:
        """Number of logs; a payload that is no batch counts as one."""
        logs = self.payload.get("logs") if isinstance(self.payload, dict) else None
        return len(logs) if isinstance(logs, list | tuple) else 1

    @classmethod
    def from_batch(cls, reason: Reason, batch: AnyBatch) -> "FailedPart":
        """Return the failed part that holds all logs of a batch."""
        return cls(reason, msgspec.to_builtins(batch))

    def split_by_log(self) -> Iterator["FailedPart"]:
        """Yield the parts that go into a message of their own.

        Logs that failed for a reason in themselves go alone if one call to SQS can take them all. Then a log that
        fails again in another batch, after a redelivery or because its client sent it again, makes the same dead
        letter, and its copies are recognised.
        """
        logs = self.payload["logs"] if self.reason in REASONS_IN_A_LOG else ()
        if not 1 < len(logs) <= BATCH_SIZE:
            yield self
            return
        for log in logs:
            yield replace(self, payload={**self.payload, "logs": [log]})


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Split of a batch after a task.

    Every log is in exactly one part, except those that the tenant's policy drops, and those of an erased tenant.
    """

    done: AnyBatch | None = None
    """Goes on to the next task of the chain, if there is one."""
    retry: AnyBatch | None = None
    """Goes back to its own queue, because a service that it needs is unavailable."""
    retry_after_seconds: float | None = None
    """Set if the retry waits for its turn and not for a failure; then it costs none of the retries."""
    failed: tuple[FailedPart, ...] = ()
    """Goes to the failure queue."""
    counts: Counts = field(default_factory=Counts, compare=False)
    """Activity of the tenant, without the failures."""

    @property
    def counts_with_failures(self) -> Counts:
        """Activity of the tenant."""
        return replace(self.counts, failures=sum(part.log_count for part in self.failed))

    def fail_retry(self) -> "BatchResult":
        """Return this result with its retry failed: there are no retries left."""
        if self.retry is None:
            return self
        exhausted = FailedPart.from_batch(Reason.RETRIES_EXHAUSTED, self.retry)
        return replace(self, retry=None, failed=(*self.failed, exhausted))


def discard(batch: AnyBatch) -> BatchResult:
    """Return the result for an erased tenant's batch.

    Nothing of it is kept.
    """
    logger.warning("tenant %s is erased; discarding %d of its logs", batch.tenant_id, len(batch.logs))
    return BatchResult()
