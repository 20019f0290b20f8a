"""What RE2 searches with: one pattern, or a set of them, over encoded texts."""

from collections.abc import Callable, Sequence
from typing import Any

try:
    import re2 as re2  # type: ignore[import-not-found,import-untyped,unused-ignore]  # it has no stubs
except ImportError:  # no wheel for this platform
    re2 = None

DEFAULT_MEMORY_BYTES = 8 << 20
"""RE2's own: plenty for one gate."""
RESERVED = 3
"""RE2 gives the automaton of a pattern, unlike that of a Set, a third of its memory: the rest is for other searches."""

Search = Callable[[bytes, int, int], int]
"""Where the first match in an encoded text begins, from a position on and before another one; -1 without one."""
Matching = Callable[[bytes], list[int]]
"""The places of the patterns that have a match in an encoded text. Raises GatesFailed."""


class GatesTooLarge(Exception):
    """RE2 does not take a gate, or they don't fit into their memory all together: make them simpler."""


class GatesFailed(Exception):
    """RE2 gave up on a text, which must then not pass for one without matches."""


def search_for(pattern: str, max_memory_bytes: int = DEFAULT_MEMORY_BYTES, *, latin_1: bool = False) -> Search:
    """What searches for a pattern; it has a third of the memory, see RESERVED."""
    options = re2.Options()
    options.max_mem = max_memory_bytes
    options.never_capture = True
    if latin_1:
        options.encoding = re2.Options.Encoding.LATIN1
    # The match that the package makes of what RE2 says takes as long as RE2 does.
    match = re2.compile(pattern.encode(), options)._regexp.Match
    unanchored = re2._re2.RE2.Anchor.UNANCHORED

    def search(encoded: bytes, position: int, end: int) -> int:
        return match(unanchored, encoded, position, end)[0][0]  # type: ignore[no-any-return]  # it has no stubs

    return search


def anywhere(patterns: Sequence[str], max_memory_bytes: int) -> Matching:
    """What says which of some patterns have a match in a text.

    Raises:
        GatesTooLarge: RE2 refused the patterns as a whole.
    """
    return _matching(re2.Set.SearchSet, patterns, max_memory_bytes)


def at_the_beginning(patterns: Sequence[str], max_memory_bytes: int) -> Matching:
    """What says which of some patterns have a match where a text begins.

    Raises:
        GatesTooLarge: RE2 refused the patterns as a whole.
    """
    return _matching(re2.Set.MatchSet, patterns, max_memory_bytes)


def _matching(kind: Callable[..., Any], patterns: Sequence[str], max_memory_bytes: int) -> Matching:
    options = re2.Options()
    options.max_mem = max_memory_bytes
    options.log_errors = False
    one = kind(options)
    # The last pattern is in every text: RE2 reports a lack of memory as no match.
    in_every_text = len(patterns)
    try:
        for pattern in (*patterns, r"\A"):
            one.Add(pattern)
        one.Compile()
    except re2.error as error:
        raise GatesTooLarge(f"{len(patterns)} gates: {error}") from None
    # What the package's own Match adds is a look at the type of the text.
    match = one._set.Match

    def matching(encoded: bytes) -> list[int]:
        found: list[int] = match(encoded)
        if not found:
            raise GatesFailed("RE2 ran out of memory")
        found.remove(in_every_text)
        return found

    return matching
