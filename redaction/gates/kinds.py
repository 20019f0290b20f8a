"""Which gates may share an automaton."""

import re
from collections.abc import Iterator, Sequence

_CLASS = re.compile(r"\[[^\]]*\]|\\.|\{[^}]*\}|\(\?[a-z]*:")
_WORD = re.compile(r"[A-Za-z_]{2}")
_LETTERS = re.compile(r"[a-z]-[a-z]|[A-Z]-[A-Z]|[A-Za-z]{2}")
_COUNT = re.compile(r"\]\{(\d+)")
# "756", "[01]"; not "[0-9]", "{3}", "%2540" or "%[2-7]".
_CERTAIN_DIGITS = re.compile(r"(?<!%)(?<!%2)\[(?!0-9\])[0-9-]+\]|(?<![%{,#\[\]0-9A-Za-z])[0-9]{2,}(?![0-9,]*\})")
_CERTAIN_LETTERS = re.compile(r"\[[A-Za-z]{3,}\]")
LONG_RUN = 12


def alike(patterns: Sequence[str]) -> Iterator[list[int]]:
    """The places of patterns that go well together: a text of which each has a part keeps few states busy."""
    kinds: dict[str, list[int]] = {}
    for place, pattern in enumerate(patterns):
        kinds.setdefault(_kind(pattern), []).append(place)
    yield from kinds.values()


def _kind(pattern: str) -> str:
    if "(?i:" in pattern:
        return "words"
    # A long run of letters and digits goes with the prefixes of tokens, whose automaton counts nothing else.
    longest = max(map(int, _COUNT.findall(pattern)), default=0)
    if longest >= LONG_RUN and _LETTERS.search(pattern):
        return "prefixes"
    is_certain = _WORD.search(_CLASS.sub(" ", pattern)) or _CERTAIN_DIGITS.search(pattern)
    if is_certain:
        return "prefixes"
    # Words tell all letters apart; if shapes did, a state of their automaton would take more of the processor's caches.
    return "words" if _CERTAIN_LETTERS.search(pattern) else "shapes"
