"""Redactors to compare, each as its users call it. A module is a rival: `load()` gives what redacts lines.

All but `sluice` run in .venv-bench (requirements-bench.txt), so nothing here imports our other packages on the way.
"""

from collections.abc import Callable, Sequence

Redact = Callable[[Sequence[str]], int]
"""Redacts lines, and counts those with anything in them."""


def line_by_line(finds: Callable[[str], bool]) -> Redact:
    """For a redactor that takes one line, and says whether there was anything in it."""
    return lambda lines: sum(map(finds, lines))
