"""Gates of all recognizers, searched together in the texts of a batch."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Literal, NamedTuple

from redaction.gates import re2_adapter
from redaction.gates.re2_adapter import MatchSet, Search
from redaction.gates.rewriting import build_union, keep_ascii

MAX_MEMORY_BYTES = 64 << 20
"""For each automaton. If the gates need more, RE2 refuses them."""

FIRST_STARTS = 8
"""Matches in a text that are looked at one by one before the whole text is searched for each gate instead."""
BYTES_PER_START = 256
"""Each so many bytes of a text allow one more match. In text that looks like noise, looking at one match in 256 bytes
takes a tenth of the time that the recognizers take."""
MAX_STARTS = 256
"""Upper bound of both, since each look may take as long as the whole text."""

GateKind = Literal["words", "prefixes", "shapes"]
"""Automaton that a gate shares with others of its kind.

"words": words in any case. "prefixes": beginnings of tokens and certain digits. "shapes": patterns to which all digits
and all letters are alike.
"""
Starts = list[int] | None
"""Where in a text each match of a gate begins, in code points and in order; None if unknown."""
MatchesByText = dict[int, dict[int, Starts]]
"""By the index of a text, the gates that match it by their index, and where they match."""


class Gate(NamedTuple):
    """One gate: a pattern, its automaton, and how often it matches.

    Attributes:
        pattern: in RE2's syntax, without `\\A` and `\\z`.
        kind: automaton that searches for it.
        is_dense: True if it matches all over a long token. Only its first match in a text is reported then.
    """

    pattern: str
    kind: GateKind
    is_dense: bool = False


class Gates:
    """Searches texts for all gates at once, with an automaton a kind.

    One automaton for all of them would find the same and take fifty times as long: what a gate counts or tells apart
    multiplies the states of its automaton, whose memory is then full again and again. A text keeps few states of each
    of the three busy. So the wrong kind of a gate costs speed and nothing else.

    Args:
        gates: an index into them names a gate in all results.
        max_memory_bytes: for each automaton.
    Raises:
        redaction.gates.re2_adapter.GatesTooLarge: RE2 rejects a gate, or all gates of a kind together.
    """

    def __init__(self, gates: Sequence[Gate], max_memory_bytes: int = MAX_MEMORY_BYTES) -> None:
        indexes_by_kind: dict[GateKind, list[int]] = defaultdict(list)
        for index, gate in enumerate(gates):
            indexes_by_kind[gate.kind].append(index)
        self._automata = [
            _Automaton([gates[index] for index in indexes], indexes, max_memory_bytes)
            for indexes in indexes_by_kind.values()
        ]

    def match_text(self, text: str) -> list[int]:
        """Return the indexes of the gates that match one text.

        Raises:
            redaction.gates.re2_adapter.GatesFailed: RE2 gave up.
        """
        encoded = _encode(text)
        matching: list[int] = []
        for automaton in self._automata:
            matching += automaton.match_anywhere(encoded)
        return matching

    def matches_by_text(self, texts: Sequence[str]) -> MatchesByText:
        """Find the gates that match each text, and where.

        Texts without any are left out. All texts are searched together for any gate, which costs a fraction of a look
        at each: nine of ten logs match none.

        Raises:
            redaction.gates.re2_adapter.GatesFailed: RE2 gave up.
        """
        joined, ends = _join(texts)
        is_ascii = joined.isascii()
        matches: MatchesByText = {}
        for automaton in self._automata:
            search = automaton.search_ascii if is_ascii else automaton.search
            start = search(joined, 0, len(joined))
            while start >= 0:
                index = bisect_right(ends, start)
                begin = ends[index - 1] if index else 0
                starts, start = automaton.scan_text(joined, begin, start, ends[index] - 1, search)
                if starts:
                    # RE2 counts bytes; they are code points in ASCII only.
                    known = texts[index].isascii()
                    matches.setdefault(index, {}).update(starts if known else dict.fromkeys(starts))
        return matches

    def prepare(self) -> None:
        """Compile what `matches_by_text` otherwise compiles when a text first needs it."""
        for automaton in self._automata:
            automaton.prepare()


class _Automaton:
    """The gates of one kind; `indexes` are theirs among all gates."""

    def __init__(self, gates: Sequence[Gate], indexes: Sequence[int], max_memory_bytes: int) -> None:
        self._gates = gates
        self._indexes = indexes
        self._dense = frozenset(index for gate, index in zip(gates, indexes, strict=True) if gate.is_dense)
        self._max_memory_bytes = max_memory_bytes
        self._patterns = [gate.pattern for gate in gates]
        self._match_anywhere = re2_adapter.compile_set(self._patterns, max_memory_bytes)

    @cached_property
    def _match_at_start(self) -> MatchSet:
        return re2_adapter.compile_set(self._patterns, self._max_memory_bytes, at_start=True)

    # A tenant's few gates are matched text by text and never need these three.
    @cached_property
    def search(self) -> Search:
        """Search for the next match of any gate."""
        return self._compile_search(self._patterns)

    @cached_property
    def search_ascii(self) -> Search:
        """Search for the next match of any gate in ASCII texts."""
        return self._compile_search([*map(keep_ascii, self._patterns)], latin_1=True)

    @cached_property
    def _search_sparse(self) -> Search:
        return self._compile_search([gate.pattern for gate in self._gates if not gate.is_dense])

    def prepare(self) -> None:
        """Compile all that is compiled at first use."""
        _ = self._match_at_start, self.search, self.search_ascii
        if self._dense:
            _ = self._search_sparse

    def _compile_search(self, patterns: Sequence[str], *, latin_1: bool = False) -> Search:
        return re2_adapter.compile_search(
            f"(?m){build_union(patterns)}", self._max_memory_bytes * re2_adapter.RESERVED, latin_1=latin_1
        )

    def scan_text(
        self, joined: bytes, begin: int, start: int, end: int, search: Search
    ) -> tuple[dict[int, Starts], int]:
        """Find the gates that match one of the joined texts.

        Args:
            joined: all texts.
            begin: start of this text.
            start: where in it the first match of any gate begins.
            end: end of this text.
            search: finds the next match of any gate.
        Returns:
            The gates with their starts, or with None if they match too often; and where the first match in the texts
            behind this one begins, -1 if there is none.
        """
        starts: dict[int, Starts] = {}
        match_at_start, indexes = self._match_at_start, self._indexes
        for count in range(MAX_STARTS):
            if count >= FIRST_STARTS + (start - begin) // BYTES_PER_START:
                break
            for own_index in match_at_start(joined[start:end]):
                starts.setdefault(indexes[own_index], []).append(start - begin)  # type: ignore[union-attr]  # lists so far
            if self._dense.isdisjoint(starts):
                start = search(joined, start + 1, len(joined))
                if not begin <= start < end:
                    return starts, start
            # The start of a dense gate is known now, and its next ones are not wanted.
            elif (start := self._search_sparse(joined, start + 1, end)) < 0:
                return starts, search(joined, end, len(joined))
        return dict.fromkeys(self.match_anywhere(joined[begin:end])), search(joined, end, len(joined))

    def match_anywhere(self, encoded: bytes) -> list[int]:
        """Return the indexes of the gates that match an encoded text."""
        return [self._indexes[own_index] for own_index in self._match_anywhere(encoded)]


def _join(texts: Sequence[str]) -> tuple[bytes, list[int]]:
    """Encode texts as lines; return them and the end of each.

    An end is behind the line feed.
    """
    joined = _encode("\n".join(texts))
    if joined.isascii():
        return joined, list(accumulate([len(text) + 1 for text in texts]))
    return joined, list(accumulate([len(_encode(text)) + 1 for text in texts]))


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # lone surrogates, which no gate is about
        return text.encode("utf-8", "replace")


@lru_cache(8)
def get_gates(gates: tuple[Gate, ...], max_memory_bytes: int = MAX_MEMORY_BYTES) -> Gates:
    """Return gates that are shared by all callers with the same ones.

    They are safe in threads.

    Raises:
        redaction.gates.re2_adapter.GatesTooLarge: RE2 rejects a gate, or all gates of a kind together.
    """
    return Gates(gates, max_memory_bytes)


@lru_cache(None)
def get_search(pattern: str) -> Search:
    """Return a search for one gate in an encoded text."""
    return re2_adapter.compile_search(pattern)
