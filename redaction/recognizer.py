"""Recognizer: how a value looks, when it is valid, and examples."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from redaction.fragments.context import Context
from redaction.gates.gates import Gate, GateKind, Starts, get_search

MAX_GATE_LEAD = 8
"""Most code points by which a gate match may start before a match of its pattern."""
WORTH_A_GATE = 64
"""Code points. In a shorter text `re` is done before RE2 has been called."""
MAX_GATES = 16
"""Gate matches tried one by one in a text; with more, the pattern searches the whole text."""


def accept_any(_match: re.Match[str]) -> bool:
    """Accept every match: the pattern alone decides."""
    return True


@dataclass(frozen=True, slots=True)
class Recognizer:
    """One way in which one entity is written.

    `docs/recognizers.md` says how to write one.

    Attributes:
        name: unique, such as "us_ssn_hyphens"; shown by `redact --explain`.
        entity: name of the token, such as "US_SSN".
        gate: RE2 pattern that is searched in every raw text before anything else is done, so it must be rare in
            ordinary logs. Every value that `pattern` and `validate` accept contains a match of `gate`, or has one near
            it in what `pattern` and `context` read around the value. No anchors and no word boundaries: a text must not
            lose its gate when other text is put beside it. Empty for a recognizer whose context words are its gate.
        gate_kind: automaton that searches for the gate, see `redaction.gates.gates.GateKind`. Every kind finds the same
            values; a wrong one costs speed only.
        pattern: the value is the group "value", or the whole match if there is no such group. Every repetition is
            bounded, or possessive behind a lookbehind that enters a run only once, so that hostile text costs linear
            time.
        positive: pairs of a line and the only value that must be found in it.
        negative: lines in which nothing may be found.
        validate: accepts or rejects a match of `pattern`, for example by a checksum or a range.
        context: words of which one must stand near the value.
        starts_at_gate: True if each match of `pattern` starts where a match of `gate` does, which RE2 finds sooner.
        max_lead: largest number of code points between the start of a match of `pattern` and the gate match behind it;
            None if unknown.
        lead_characters: the only characters that may stand between the start of a match of `pattern` and its gate in an
            ASCII text; empty if unknown.
        dense_gate: True if the gate matches every few characters of some tokens. Only its first match in a text is
            looked for then.
        skip_inside: name of an earlier recognizer. Gate matches inside its values are skipped, since this one would
            only match a part of them.
    """

    name: str
    entity: str
    gate: str
    gate_kind: GateKind
    pattern: re.Pattern[str]
    positive: tuple[tuple[str, str], ...]
    negative: tuple[str, ...]
    validate: Callable[[re.Match[str]], bool] = accept_any
    context: Context | None = None
    starts_at_gate: bool = False
    max_lead: int | None = None
    lead_characters: str = ""
    dense_gate: bool = False
    skip_inside: str = ""
    _value_group: int = field(init=False, repr=False, compare=False)
    """Number of the group that is the value; 0 is the whole match."""
    _is_lead_known: bool = field(init=False, repr=False, compare=False)
    """True if a gate match bounds where a match of the pattern can start."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_value_group", self.pattern.groupindex.get("value", 0))
        object.__setattr__(
            self,
            "_is_lead_known",
            self.starts_at_gate
            or self.max_lead is not None
            or self.lead_characters != ""
            or (self.context is not None and not self.gate and not self.context.after),
        )

    @property
    def gate_pattern(self) -> str:
        """The gate, or the words of the context as one."""
        return self.gate or (self.context.gate if self.context else "")

    def to_gate(self) -> Gate:
        """Return the gate as the automata take it."""
        return Gate(self.gate_pattern, self.gate_kind, self.dense_gate)

    def find(self, text: str, starts: Starts = None) -> list[tuple[int, int]]:
        """Return the (start, end) of each valid value, left to right, non-overlapping.

        Args:
            text: to search.
            starts: where the matches of the gate begin; None if unknown.
        """
        if starts is None and self._is_lead_known:
            starts = self._find_gate_starts(text)
        if not starts:
            return self._search(text, 0) if starts is None else []
        if self.starts_at_gate:
            return self._match_at(text, starts)
        if self.dense_gate:
            return self._search(text, max(0, starts[0] - (self.max_lead or 0)))
        if self.context is None and self._is_lead_known:
            return self._search_near(text, starts)
        # One context word may stand before several values.
        return self._search(text, starts[0] if self._is_lead_known else 0)

    def _find_gate_starts(self, text: str) -> Starts:
        """Find the gate in a text outside a batch.

        Returns:
            None where the pattern had better search the whole text.
        """
        if len(text) <= WORTH_A_GATE or not text.isascii():
            return None
        search_gate = get_search(self.gate_pattern)
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
            position = max(
                position, start - self.max_lead if self.max_lead is not None else self._first_start(text, start)
            )
            while match := search(text, position):
                end = self._take(match, text, found)
                position = end or match.start() + 1
                if end:
                    break
            else:
                break
        return found

    def _first_start(self, text: str, start: int) -> int:
        return len(text[:start].rstrip(self.lead_characters))

    def _take(self, match: re.Match[str], text: str, found: list[tuple[int, int]]) -> int:
        """Append a valid match to `found`; return its end or 0."""
        start, end = match.span(self._value_group)
        if start < end and (self.context is None or self.context.is_near(text, start, end)) and self.validate(match):
            found.append((start, end))
            return end
        return 0
