"""A recognizer is data: how a value looks, what makes it real, and examples that hold it to both."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from redaction.fragments.context import Context
from redaction.gates.gates import Starts, compile_search

MAX_GATE_LEAD = 8
"""How many code points at most the gate of a recognizer with a lead starts before its pattern."""
WORTH_A_GATE = 64
"""Code points; a shorter text is searched by `re` before RE2 has been called."""
MAX_GATES = 16
"""How many gates of one recognizer are looked behind in a text before the pattern searches all the rest of it."""


def accept_any(_match: re.Match[str]) -> bool:
    """The pattern alone decides."""
    return True


@dataclass(frozen=True, slots=True)
class Recognizer:
    """One way in which one entity is written.

    Attributes:
        name: unique, such as "us_ssn_hyphens"; what `flask redact --explain` shows.
        entity: names the token.
        gate: RE2 syntax, searched in the raw text before anything else is done, so it is to be rare in ordinary logs.
            Whatever `pattern` matches and `validate` takes has a match of `gate` in it or, for what `pattern` and
            `context` read around it, near it. No anchors and no word boundaries: a text must not lose its gate when
            other text is put beside it. Empty for a recognizer with a context, whose words are its gate.
        pattern: the value is its group "value", or the whole match without such a group. So that hostile text costs
            linear time, every repetition is bounded, or possessive behind a lookbehind that enters a run only once.
        positive: pairs of a line and the value that must be found in it, alone.
        negative: lines in which nothing may be found.
        validate: takes or refuses a match of `pattern`; a checksum, a range.
        context: words of which one must stand near the value.
        starts_at_gate: whether each match of `pattern` starts where one of `gate` does, which RE2 finds sooner.
        lead: how many code points at most before a match of the gate one of `pattern` starts, if it is known.
        lead_signs: the only characters that stand between the start of a match of `pattern` and its gate, if the text
            is ASCII and they are known.
        dense_gate: whether the gate has a match at every few signs of some tokens: of a text's only the first is
            looked for.
        unless: the name of another one, earlier in the registry. Where a match of this one's gate begins in a value of
            that one, this one would find a part of that value, and is not asked.
    """

    name: str
    entity: str
    gate: str
    pattern: re.Pattern[str]
    positive: tuple[tuple[str, str], ...]
    negative: tuple[str, ...]
    validate: Callable[[re.Match[str]], bool] = accept_any
    context: Context | None = None
    starts_at_gate: bool = False
    lead: int | None = None
    lead_signs: str = ""
    dense_gate: bool = False
    unless: str = ""
    _value_group: int = field(init=False, repr=False, compare=False)
    """The group that is the value."""
    _is_led: bool = field(init=False, repr=False, compare=False)
    """Whether it is known where the pattern's matches start, seen from the gate's."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_value_group", self.pattern.groupindex.get("value", 0))
        object.__setattr__(
            self,
            "_is_led",
            self.starts_at_gate
            or self.lead is not None
            or self.lead_signs != ""
            or (self.context is not None and not self.gate and not self.context.after),
        )

    @property
    def gates(self) -> str:
        """The gate, or that of the context."""
        return self.gate or (self.context.gate if self.context else "")

    def find(self, text: str, starts: Starts = None) -> list[tuple[int, int]]:
        """The (start, end) of each valid value, left to right, non-overlapping.

        Args:
            text: to search.
            starts: where the matches of the gate begin, if that is known.
        """
        if starts is None and self._is_led:
            starts = self._starts_in(text)
        if not starts:
            return self._search(text, 0) if starts is None else []
        if self.starts_at_gate:
            return self._match_at(text, starts)
        if self.dense_gate:
            return self._search(text, max(0, starts[0] - (self.lead or 0)))
        if self.context is None and self._is_led:
            return self._search_near(text, starts)
        # A word may be the context of several values behind it.
        return self._search(text, starts[0] if self._is_led else 0)

    def _starts_in(self, text: str) -> Starts:
        search_gate = compile_search(self.gates) if text.isascii() and len(text) > WORTH_A_GATE else None
        if search_gate is None:
            return None
        encoded = text.encode()
        starts: list[int] = []
        start = search_gate(encoded, 0, len(encoded))
        while start >= 0:
            if len(starts) == MAX_GATES:
                return None
            starts.append(start)
            if self.dense_gate:
                break
            start = search_gate(encoded, start + 1, len(encoded)) if start + 1 < len(encoded) else -1
        return starts

    def _search(self, text: str, position: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        search = self.pattern.search
        while match := search(text, position):
            # A rejected match hides nothing: "1234 4111 1111 1111 1111" holds a card from its second group on.
            position = self._take(match, text, found) or match.start() + 1
        return found

    def _match_at(self, text: str, starts: list[int]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        position = 0
        for start in starts:
            if start >= position and (match := self.pattern.match(text, start)):
                position = self._take(match, text, found) or position
        return found

    def _search_near(self, text: str, starts: list[int]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        search = self.pattern.search
        position = 0
        for start in starts:
            if start + MAX_GATE_LEAD < position:
                continue
            position = max(position, start - self.lead if self.lead is not None else self._led_from(text, start))
            while match := search(text, position):
                end = self._take(match, text, found)
                position = end or match.start() + 1
                if end:
                    break
            else:
                break
        return found

    def _led_from(self, text: str, start: int) -> int:
        return len(text[:start].rstrip(self.lead_signs))

    def _take(self, match: re.Match[str], text: str, found: list[tuple[int, int]]) -> int:
        """Add a valid match to those found; where it ends, or 0 if it isn't one."""
        start, end = match.span(self._value_group)
        if start < end and (self.context is None or self.context.near(text, start, end)) and self.validate(match):
            found.append((start, end))
            return end
        return 0
