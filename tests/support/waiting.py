"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def wait_for(what: str, condition: Callable[[], Value], seconds: float = 60, every: float = 0.1) -> Value:
    """The first truthy value of `condition`; fails the test, naming `what`, when there is none within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"no {what} within {seconds} s"
        time.sleep(every)
    return value
