"""Which recognizers are worth running on a text, found in one linear pass over it."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

try:
    import re2 as re2  # type: ignore[import-not-found,import-untyped,unused-ignore]  # it has no stubs
except ImportError:  # no wheel for this platform
    re2 = None

MAX_MEMORY_BYTES = 64 << 20
"""For the automaton of all gates together. Beyond it RE2 fails, and says so."""


class GatesTooLarge(Exception):
    """RE2 does not take a gate, or they don't fit into MAX_MEMORY_BYTES all together: make them simpler."""


class Gates(Protocol):
    """Searches a text for all patterns at once."""

    def matching(self, text: str) -> list[int]:
        """The places of the patterns that have a match in `text`."""


class GatesFailed(Exception):
    """RE2 gave up on a text, which must then not pass for one without matches."""


class Re2Gates:
    """One automaton for all patterns, by google-re2."""

    def __init__(self, patterns: Sequence[str], max_memory_bytes: int = MAX_MEMORY_BYTES) -> None:
        options = re2.Options()
        options.max_mem = max_memory_bytes
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        try:
            for pattern in patterns:
                self._set.Add(pattern)
            # Matches everything: an answer without it is no answer. RE2 reports a lack of memory as no match at all.
            self._canary: int = self._set.Add("")
            self._set.Compile()
        except re2.error as error:
            raise GatesTooLarge(f"{len(patterns)} gates: {error}") from None

    def matching(self, text: str) -> list[int]:
        """The places of the patterns that have a match in `text`.

        Raises:
            GatesFailed: RE2 gave up.
        """
        try:
            encoded = text.encode()
        except UnicodeEncodeError:  # lone surrogates, which no gate is about
            encoded = text.encode("utf-8", "replace")
        found: list[int] | None = self._set.Match(encoded)
        if not found:
            raise GatesFailed("RE2 ran out of memory")
        return [] if len(found) == 1 else [place for place in found if place != self._canary]


class ReGates:
    """One search after the other, by the standard library. Slower, with the same results."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [re.compile(pattern) for pattern in patterns]

    def matching(self, text: str) -> list[int]:
        """The places of the patterns that have a match in `text`."""
        return [place for place, pattern in enumerate(self._patterns) if pattern.search(text)]


@lru_cache(8)
def compile_gates(patterns: tuple[str, ...], max_memory_bytes: int = MAX_MEMORY_BYTES) -> Gates:
    """The fastest there is here. Those who ask for the same patterns share one automaton, which is safe in threads.

    Raises:
        GatesTooLarge: RE2 refused the patterns as a whole.
    """
    return ReGates(patterns) if re2 is None else Re2Gates(patterns, max_memory_bytes)
