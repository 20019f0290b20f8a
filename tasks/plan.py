"""What a task has to publish before its message may be acked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from broker.batching import BATCH_SIZE
from models import Counts
from tasks.batch import AnyBatch
from tasks.failures import OF_ONE_LOG, Reason


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What a task could not do, as builtins, and why."""

    reason: Reason
    payload: Any
    error: Exception | None = None

    def apart(self) -> Iterator["DeadLetter"]:
        """What goes into a message of its own.

        A log that failed for what it is goes alone, if there are no more than one call to SQS takes: so it is the same
        dead letter when it fails again in another batch, because a message was delivered twice or a client sent again.
        """
        logs = self.payload["logs"] if self.reason in OF_ONE_LOG else ()
        if not 1 < len(logs) <= BATCH_SIZE:
            yield self
            return
        for log in logs:
            yield replace(self, payload={**self.payload, "logs": [log]})

    @property
    def logs(self) -> int:
        """How many logs; what is no batch has one."""
        logs = self.payload.get("logs") if isinstance(self.payload, dict) else None
        return len(logs) if isinstance(logs, list | tuple) else 1


@dataclass(frozen=True, slots=True)
class Plan:
    """Each log that the task was given is in one of these."""

    done: AnyBatch | None = None
    """Goes on to the next task of the chain, if there is one."""
    again: AnyBatch | None = None
    """Goes back to its own queue."""
    turn_seconds: float | None = None
    """After how long, when it waits for its turn, and not for something that failed."""
    dead: Sequence[DeadLetter] = ()
    """Goes to the failure queue."""
    done_counts: Counts = field(default_factory=Counts)

    @property
    def counts(self) -> Counts:
        """Of what is done and of what failed."""
        return replace(self.done_counts, failures=sum(letter.logs for letter in self.dead))
