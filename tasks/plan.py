"""What a task has to publish before its message may be acked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tasks.batch import AnyBatch
from tasks.failures import Reason


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What a task could not do, as builtins, and why."""

    reason: Reason
    payload: Any
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Each log that the task was given is in one of these."""

    done: AnyBatch | None = None
    """Goes on to the next task of the chain, if there is one."""
    again: AnyBatch | None = None
    """Goes back to its own queue."""
    dead: Sequence[DeadLetter] = ()
    """Goes to the failure queue."""
