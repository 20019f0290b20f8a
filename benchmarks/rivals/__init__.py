"""Redactors to compare, each as its users call it. A module is a rival: `load()` makes it.

All but `sluice` run in .venv-bench (requirements-bench.txt), so nothing here imports our other packages on the way.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Rival(NamedTuple):
    """What is compared.

    Attributes:
        redact: redacts lines; what it gives for each.
        found: whether a line had anything in it, given that.
    """

    redact: Callable[[Sequence[str]], Sequence[Any]]
    found: Callable[[str, Any], bool]


def line_by_line(redact: Callable[[str], Any]) -> Callable[[Sequence[str]], Sequence[Any]]:
    """For a redactor that takes one line."""
    return lambda lines: [redact(line) for line in lines]


def changed(line: str, redacted: str) -> bool:
    """Whether anything was found, by a redactor that returns the text."""
    return redacted != line
