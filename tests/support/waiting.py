"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")


class Witness(Protocol):
    """Source of log lines from the time that a test waited."""

    def last_lines(self) -> str:
        """Return the end of its logs."""


witnesses: WeakSet[Witness] = WeakSet()
"""Consulted when a wait fails: running processes add themselves."""


def wait_for(condition_name: str, condition: Callable[[], Value], seconds: float = 60, every: float = 0.1) -> Value:
    """Return the first truthy value of `condition`.

    Fails the test if there is none within `seconds`; the failure names the condition and shows the last lines of
    running processes.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() >= deadline:
            raise AssertionError(
                "\n\n".join(
                    [f"waited {seconds} s for {condition_name}", *(witness.last_lines() for witness in witnesses)]
                )
            )
        time.sleep(every)
    return value
