"""Which recognizers are worth running on a text, found in one linear pass over it."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Protocol

try:
    import re2 as re2  # type: ignore[import-not-found,import-untyped,unused-ignore]  # it has no stubs
except ImportError:  # no wheel for this platform
    re2 = None

MAX_MEMORY_BYTES = 64 << 20
"""For the automaton of all gates together. Beyond it RE2 fails, and says so."""
DEFAULT_MEMORY_BYTES = 8 << 20
"""RE2's own: plenty for one gate."""
RESERVED = 3
"""RE2 gives the automaton of a pattern, unlike that of a Set, a third of its memory: the rest is for other searches."""


_CANARY = -1
_CLASS = re.compile(r"\[[^\]]*\]|\\.|\{[^}]*\}|\(\?[a-z]*:")
_WORD = re.compile(r"[A-Za-z_]{2}")
_LETTERS = re.compile(r"[a-z]-[a-z]|[A-Z]-[A-Z]|[A-Za-z]{2}")
_COUNT = re.compile(r"\]\{(\d+)")
LONG_RUN = 12


Search = Callable[[bytes, int], int]
"""Where the first match in an encoded text begins, from a position on; -1 without one."""


class GatesTooLarge(Exception):
    """RE2 does not take a gate, or they don't fit into MAX_MEMORY_BYTES all together: make them simpler."""


class Gates(Protocol):
    """Searches a text for all patterns at once."""

    def matching(self, text: str) -> list[int]:
        """The places of the patterns that have a match in `text`."""

    def suspects(self, texts: Sequence[str]) -> list[int]:
        """The places, in order, of the texts in which any pattern has a match; some others may be among them.

        Many times faster than a look at each text.
        """


class GatesFailed(Exception):
    """RE2 gave up on a text, which must then not pass for one without matches."""


class Re2Gates:
    """A few automata for all patterns, by google-re2.

    One for words, one for shapes: the counters of both multiply their states in one automaton, whose memory is then
    full again and again, and which takes fifty times as long.
    """

    def __init__(self, patterns: Sequence[str], max_memory_bytes: int = MAX_MEMORY_BYTES) -> None:
        self._sets: list[tuple[Callable[[bytes], list[int]], list[int]]] = []
        self._alike = [[patterns[place] for place in places] for places in _alike(patterns)]
        self._max_memory_bytes = max_memory_bytes
        for places in _alike(patterns):
            options = re2.Options()
            options.max_mem = max_memory_bytes
            options.log_errors = False
            one = re2.Set.SearchSet(options)
            try:
                for place in places:
                    one.Add(patterns[place])
                # Every text has a beginning: an answer without it is none. RE2 reports a lack of memory as no match.
                one.Add(r"\A")
                one.Compile()
            except re2.error as error:
                raise GatesTooLarge(f"{len(patterns)} gates: {error}") from None
            # What the package's own Match adds is a look at the type of the text.
            self._sets.append((one._set.Match, [*places, _CANARY]))

    @cached_property
    def _unions(self) -> list[Search]:
        """Each kind of patterns as one; a tenant's few are never searched for in a batch."""
        unions = ("|".join(f"(?:{pattern})" for pattern in patterns) for patterns in self._alike)
        return [_search(f"(?m){union}", self._max_memory_bytes * RESERVED) for union in unions]

    def matching(self, text: str) -> list[int]:
        """The places of the patterns that have a match in `text`.

        Raises:
            GatesFailed: RE2 gave up.
        """
        encoded = _encoded(text)
        open_: list[int] = []
        for match, places in self._sets:
            found = match(encoded)
            if len(found) > 1:
                open_ += [places[own] for own in found if places[own] != _CANARY]
            elif not found:
                raise GatesFailed("RE2 ran out of memory")
        return open_

    def suspects(self, texts: Sequence[str]) -> list[int]:
        """The places, in order, of the texts in which any pattern has a match; some others may be among them."""
        encoded = [_encoded(text) for text in texts]
        joined = b"\n".join(encoded)
        ends = list(accumulate(len(text) + 1 for text in encoded))
        suspects: set[int] = set()
        for search in self._unions:
            start = search(joined, 0)
            while start >= 0:
                place = bisect_right(ends, start)
                suspects.add(place)
                # A match that goes on in the next text hides none there: the search goes on where that text begins.
                start = search(joined, ends[place]) if ends[place] < len(joined) else -1
        return sorted(suspects)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # lone surrogates, which no gate is about
        return text.encode("utf-8", "replace")


def _alike(patterns: Sequence[str]) -> Iterator[list[int]]:
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
    longest = max(map(int, _COUNT.findall(pattern)), default=0)
    return "words" if longest >= LONG_RUN and _LETTERS.search(pattern) else "shapes"


class ReGates:
    """One search after the other, by the standard library. Slower, with the same results."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [re.compile(pattern) for pattern in patterns]

    def matching(self, text: str) -> list[int]:
        """The places of the patterns that have a match in `text`."""
        return [place for place, pattern in enumerate(self._patterns) if pattern.search(text)]

    def suspects(self, texts: Sequence[str]) -> list[int]:
        """The places of the texts in which any pattern has a match."""
        return [place for place, text in enumerate(texts) if any(pattern.search(text) for pattern in self._patterns)]


@lru_cache(8)
def compile_gates(patterns: tuple[str, ...], max_memory_bytes: int = MAX_MEMORY_BYTES) -> Gates:
    """The fastest there is here. Those who ask for the same patterns share one automaton, which is safe in threads.

    Raises:
        GatesTooLarge: RE2 refused the patterns as a whole.
    """
    return ReGates(patterns) if re2 is None else Re2Gates(patterns, max_memory_bytes)


@lru_cache(None)
def compile_search(pattern: str) -> Search | None:
    """What searches an encoded text from a position on for one pattern; None where RE2 isn't there."""
    if re2 is None:
        return None
    return _search(pattern, DEFAULT_MEMORY_BYTES)


def _search(pattern: str, max_memory_bytes: int) -> Search:
    options = re2.Options()
    options.max_mem = max_memory_bytes
    options.never_capture = True
    # The match that the package makes of what RE2 says takes as long as RE2 does.
    match = re2.compile(pattern.encode(), options)._regexp.Match
    unanchored = re2._re2.RE2.Anchor.UNANCHORED

    def search(encoded: bytes, position: int) -> int:
        return match(unanchored, encoded, position, len(encoded))[0][0]  # type: ignore[no-any-return]

    return search
