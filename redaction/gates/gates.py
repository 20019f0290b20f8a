"""Which recognizers are worth running on a text, found in one linear pass over it."""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Literal, Protocol

from redaction.gates import re2_adapter
from redaction.gates.ascii_search import ascii_only
from redaction.gates.kinds import alike
from redaction.gates.re2_adapter import Matching, Search
from redaction.gates.rewriting import union

MAX_MEMORY_BYTES = 64 << 20
"""For the automaton of all gates together. Beyond it RE2 fails, and says so."""

FIRST_STARTS = 8
"""How many matches in a text are looked at one by one before all of it is searched for each pattern."""
BYTES_A_START = 256
"""So many bytes of it are worth one more: in what looks like noise that takes a tenth of what each pattern takes."""
MAX_STARTS = 256
"""Each look may take as long as all of the text."""

GateKind = Literal["words", "prefixes", "shapes"]
"""Automaton that a gate shares with others of its kind.

"words": words in any case. "prefixes": beginnings of tokens and certain digits. "shapes": patterns to which all digits
and all letters are alike. A text keeps few states of each automaton busy; what one gate tells apart or counts
multiplies the states of all that share its automaton.
"""
Starts = list[int] | None
"""Where in a text each match of a pattern begins, in code points and in order; None when that is not known."""
Opened = dict[int, dict[int, Starts]]
"""By the place of a text, the places of the patterns that have a match in it, and where."""


class Gates(Protocol):
    """Searches texts for all patterns at once."""

    def matching(self, text: str) -> list[int]:
        """The places of the patterns that have a match in one text."""

    def opened(self, texts: Sequence[str]) -> Opened:
        """The patterns with a match, by the place of the text; texts without any are left out.

        Many times faster than a look at each text. The patterns have no `\\A` and no `\\z`.
        """

    def prepare(self) -> None:
        """Compile what `opened` otherwise compiles when a text first needs it."""


class Re2Gates:
    """A few automata for all patterns, by google-re2.

    Args:
        patterns: in RE2's syntax.
        max_memory_bytes: of each automaton.
        dense: the places of patterns that match all over a long token: of their matches in a text `opened` gives the
            first one alone.

    One for words in any case, one for the beginnings of tokens and for certain digits, one for shapes to which all
    digits are alike: what they count multiplies their states in one automaton, whose memory is then full again and
    again, and which takes fifty times as long.
    """

    def __init__(
        self, patterns: Sequence[str], max_memory_bytes: int = MAX_MEMORY_BYTES, dense: Collection[int] = ()
    ) -> None:
        self._kinds = [
            _Kind([patterns[place] for place in places], places, max_memory_bytes, dense) for places in alike(patterns)
        ]

    def matching(self, text: str) -> list[int]:
        """The places of the patterns that have a match in one text.

        Raises:
            automata.GatesFailed: RE2 gave up.
        """
        encoded = _encoded(text)
        matching: list[int] = []
        for kind in self._kinds:
            matching += kind.matching(encoded)
        return matching

    def opened(self, texts: Sequence[str]) -> Opened:
        """The patterns with a match, by the place of the text.

        All texts are searched together for any pattern, which costs a fraction of a look at each: in most logs nine of
        ten have none.

        Raises:
            automata.GatesFailed: RE2 gave up.
        """
        joined, ends = _joined(texts)
        is_ascii = joined.isascii()
        opened: Opened = {}
        for kind in self._kinds:
            search = kind.search_ascii if is_ascii else kind.search
            start = search(joined, 0, len(joined))
            while start >= 0:
                place = bisect_right(ends, start)
                starts, start = kind.look(joined, ends[place - 1] if place else 0, start, ends[place] - 1, search)
                if starts:
                    known = texts[place].isascii()
                    opened.setdefault(place, {}).update(starts if known else dict.fromkeys(starts))
        return opened

    def prepare(self) -> None:
        """Compile what `opened` otherwise compiles when a text first needs it."""
        for kind in self._kinds:
            kind.prepare()


class _Kind:
    """Patterns that share an automaton; `places` are theirs among all."""

    def __init__(
        self, patterns: Sequence[str], places: Sequence[int], max_memory_bytes: int, dense: Collection[int]
    ) -> None:
        self._patterns = patterns
        self._dense = frozenset(dense).intersection(places)
        self._max_memory_bytes = max_memory_bytes
        self._anywhere = re2_adapter.anywhere(patterns, max_memory_bytes)
        self._places = places

    @cached_property
    def _here(self) -> Matching:
        return re2_adapter.at_the_beginning(self._patterns, self._max_memory_bytes)

    @cached_property
    def search(self) -> Search:
        """Where any of the patterns has a match. A tenant's few are never searched for in this way."""
        return self._search_for(self._patterns)

    @cached_property
    def search_ascii(self) -> Search:
        """The same in ASCII."""
        return self._search_for([*map(ascii_only, self._patterns)], latin_1=True)

    @cached_property
    def _search_sparse(self) -> Search:
        """The same for those that are not dense."""
        return self._search_for(
            [pattern for pattern, place in zip(self._patterns, self._places, strict=True) if place not in self._dense]
        )

    def prepare(self) -> None:
        """Compile all of that."""
        _ = self._here, self.search, self.search_ascii
        if self._dense:
            _ = self._search_sparse

    def _search_for(self, patterns: Sequence[str], *, latin_1: bool = False) -> Search:
        return re2_adapter.search_for(
            f"(?m){union(patterns)}", self._max_memory_bytes * re2_adapter.RESERVED, latin_1=latin_1
        )

    def look(self, joined: bytes, begin: int, start: int, end: int, search: Search) -> tuple[dict[int, Starts], int]:
        """See which patterns have a match in one of the joined texts, and where these begin if that is not too often.

        Args:
            joined: all texts.
            begin: of this one.
            start: where in it the first match of any pattern begins.
            end: of it.
            search: finds the next match of any.
        Returns:
            That, and where the first match in the texts behind it begins; -1 without one.
        """
        starts: dict[int, Starts] = {}
        here, places = self._here, self._places
        for count in range(MAX_STARTS):
            if count >= FIRST_STARTS + (start - begin) // BYTES_A_START:
                break
            for own in here(joined[start:end]):
                starts.setdefault(places[own], []).append(start - begin)  # type: ignore[union-attr]  # lists so far
            if self._dense.isdisjoint(starts):
                start = search(joined, start + 1, len(joined))
                if not begin <= start < end:
                    return starts, start
            elif (start := self._search_sparse(joined, start + 1, end)) < 0:
                return starts, search(joined, end, len(joined))
        return dict.fromkeys(self.matching(joined[begin:end])), search(joined, end, len(joined))

    def matching(self, encoded: bytes) -> list[int]:
        """The places of those that have a match."""
        return [self._places[own] for own in self._anywhere(encoded)]


def _joined(texts: Sequence[str]) -> tuple[bytes, list[int]]:
    """Texts as lines, and where each of them ends, behind its line feed."""
    joined = _encoded("\n".join(texts))
    if joined.isascii():
        return joined, list(accumulate([len(text) + 1 for text in texts]))
    return joined, list(accumulate([len(_encoded(text)) + 1 for text in texts]))


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # lone surrogates, which no gate is about
        return text.encode("utf-8", "replace")


class ReGates:
    """One search after the other, by the standard library. Slower, with the same results."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [re.compile(pattern) for pattern in patterns]

    def matching(self, text: str) -> list[int]:
        """The places of the patterns that have a match in one text."""
        return [place for place, pattern in enumerate(self._patterns) if pattern.search(text)]

    def opened(self, texts: Sequence[str]) -> Opened:
        """The patterns with a match, by the place of the text."""
        opened: Opened = {}
        for place, text in enumerate(texts):
            if found := self.matching(text):
                opened[place] = dict.fromkeys(found)
        return opened

    def prepare(self) -> None:
        """Nothing is left to compile."""


@lru_cache(8)
def compile_gates(
    patterns: tuple[str, ...], max_memory_bytes: int = MAX_MEMORY_BYTES, dense: frozenset[int] = frozenset()
) -> Gates:
    """The fastest there is here. Those who ask for the same patterns share one automaton, which is safe in threads.

    Raises:
        automata.GatesTooLarge: RE2 refused the patterns as a whole.
    """
    return ReGates(patterns) if re2_adapter.re2 is None else Re2Gates(patterns, max_memory_bytes, dense)


@lru_cache(None)
def compile_search(pattern: str) -> Search | None:
    """What searches an encoded text for one pattern; None where RE2 isn't there."""
    return re2_adapter.search_for(pattern) if re2_adapter.re2 else None
