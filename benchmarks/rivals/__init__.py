"""Redactors to compare, each called as its users call it.

Each module is one redactor; `load()` returns it. All but `sluice` and `sluice_singly` run in .venv-bench
(requirements-bench.txt), so nothing here imports our other packages on the way.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Rival(NamedTuple):
    """A redactor to compare.

    Attributes:
        redact: takes lines, and returns a result for each.
        found: takes a line and the result for it, and returns whether the redactor found anything.
    """

    redact: Callable[[Sequence[str]], Sequence[Any]]
    found: Callable[[str, Any], bool]


def line_by_line(redact: Callable[[str], Any]) -> Callable[[Sequence[str]], Sequence[Any]]:
    """Adapt a redactor that takes one line."""
    return lambda lines: [redact(line) for line in lines]


def changed(line: str, redacted: str) -> bool:
    """Return whether a redactor that returns the text found anything."""
    return redacted != line
