"""Adapter to google-re2 and its private parts.

No other module imports google-re2. The package wraps each result in Python objects, which takes as long as RE2's own
search. Three private calls avoid that: `_Regexp._regexp.Match`, `_re2.RE2.Anchor` and `Set._set.Match`. Nothing
promises that they stay as they are, so `tests/unit/redaction/gates/test_re2_adapter.py` pins the version and tests
what this module relies on.
"""

from collections.abc import Callable, Sequence
from typing import Any

import re2  # type: ignore[import-not-found,import-untyped,unused-ignore]  # it has no stubs

DEFAULT_MEMORY_BYTES = 8 << 20
"""RE2's own default, plenty for one pattern."""
RESERVED = 3
"""RE2 gives the automaton of a single pattern a third of its memory and reserves the rest; a Set's gets all of it."""

Search = Callable[[bytes, int, int], int]
"""Returns where the first match between a position and an end begins; -1 without one."""
MatchSet = Callable[[bytes], list[int]]
"""Returns the indexes of the patterns that match an encoded text, in any order. Raises GatesFailed."""


class GatesTooLarge(Exception):
    """RE2 rejects a gate, or gates exceed their memory: simplify them."""


class GatesFailed(Exception):
    """RE2 gave up on a text.

    The text must not pass for one without matches.
    """


def compile_pattern(pattern: str, max_memory_bytes: int = DEFAULT_MEMORY_BYTES) -> Any:
    """Compile a pattern to google-re2's public pattern object.

    Raises:
        ValueError: RE2 rejects the pattern; the message says why.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = max_memory_bytes
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        # RE2 gives its reason as bytes.
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else error
        raise ValueError(f"RE2 rejects the pattern {pattern!r}: {reason}") from None


def compile_search(pattern: str, max_memory_bytes: int = DEFAULT_MEMORY_BYTES, *, latin_1: bool = False) -> Search:
    """Compile a function that finds the next match in an encoded text.

    Args:
        pattern: in RE2's syntax.
        max_memory_bytes: for the pattern; its automaton gets a third, see RESERVED.
        latin_1: True if a text's bytes are characters by themselves, False if they are UTF-8.
    """
    options = re2.Options()
    options.max_mem = max_memory_bytes
    # Without it RE2 runs a second, slower engine over each match to find the groups, which nobody reads.
    options.never_capture = True
    if latin_1:
        options.encoding = re2.Options.Encoding.LATIN1
    # Private: the public search() yields a match object that takes as long to build as RE2 takes to search.
    match = re2.compile(pattern.encode(), options)._regexp.Match
    # Private: the public API has no name for an anchor.
    unanchored = re2._re2.RE2.Anchor.UNANCHORED

    def search(encoded: bytes, position: int, end: int) -> int:
        # Spans of the whole match and of the groups; (-1, -1) without a match.
        return match(unanchored, encoded, position, end)[0][0]  # type: ignore[no-any-return]  # it has no stubs

    return search


def compile_set(patterns: Sequence[str], max_memory_bytes: int, *, at_start: bool = False) -> MatchSet:
    """Compile a function that finds the patterns which match an encoded text.

    Args:
        patterns: in RE2's syntax.
        max_memory_bytes: for the automaton of all patterns.
        at_start: True if a match must begin where the text does.
    Raises:
        GatesTooLarge: RE2 rejects one of the patterns, or all of them together.
    """
    options = re2.Options()
    options.max_mem = max_memory_bytes
    options.log_errors = False
    pattern_set = re2.Set.MatchSet(options) if at_start else re2.Set.SearchSet(options)
    # The last pattern matches every text: RE2 reports a lack of memory as an empty result, which this tells apart.
    sentinel = len(patterns)
    try:
        for pattern in (*patterns, r"\A"):
            pattern_set.Add(pattern)
        pattern_set.Compile()
    except re2.error as error:
        raise GatesTooLarge(f"{len(patterns)} gates: {error}") from None
    # Private: the public Match() first looks at the type of the text, for each call.
    match = pattern_set._set.Match

    def match_set(encoded: bytes) -> list[int]:
        indexes: list[int] = match(encoded)
        if not indexes:
            raise GatesFailed("RE2 ran out of memory")
        indexes.remove(sentinel)
        return indexes

    return match_set
