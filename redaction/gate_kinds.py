"""Which gates may share an automaton."""

import re
from collections.abc import Iterator, Sequence

_CLASS = re.compile(r"\[[^\]]*\]|\\.|\{[^}]*\}|\(\?[a-z]*:")
_WORD = re.compile(r"[A-Za-z_]{2}")
_LETTERS = re.compile(r"[a-z]-[a-z]|[A-Z]-[A-Z]|[A-Za-z]{2}")
_RUN = re.compile(r"(\[[^\]]*\])\{(\d+)")
LONG_RUN = 12


def alike(patterns: Sequence[str]) -> Iterator[list[int]]:
    """The places of patterns that go well together: a text of which each has a part keeps few states busy."""
    kinds: dict[str, list[int]] = {}
    for place, pattern in enumerate(patterns):
        kinds.setdefault(_kind(pattern), []).append(place)
    yield from kinds.values()


def _kind(pattern: str) -> str:
    outside_classes = _CLASS.sub(" ", pattern)
    if pattern.startswith("(?i:") or _WORD.search(outside_classes):
        return "words"
    # A long run of letters and digits goes with the words, whose automaton counts nothing else.
    runs = _RUN.findall(pattern)
    return "words" if any(int(count) >= LONG_RUN and _LETTERS.search(of) for of, count in runs) else "shapes"
