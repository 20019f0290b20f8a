"""A recognizer is data: how a value looks, what makes it real, and examples that hold it to both."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from redaction.context import Context
from redaction.gates import compile_search

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

    @property
    def gates(self) -> str:
        """The gate, or that of the context."""
        return self.gate or (self.context.gate if self.context else "")

    def find(self, text: str) -> list[tuple[int, int]]:
        """The (start, end) of each valid value, left to right, non-overlapping."""
        search: Callable[[str, int], re.Match[str] | None] = self.pattern.search
        position = 0
        if self.starts_at_gate:
            search = self._at_gates(text)
        elif self.lead is not None:
            position = self._first_gate(text, self.lead)
        elif self.context and not self.gate and not self.context.after:
            position = self._first_gate(text, 0)  # the words, which stand before the value
        group = self.pattern.groupindex.get("value", 0)
        found: list[tuple[int, int]] = []
        while match := search(text, position):
            start, end = match.span(group)
            if start < end and (self.context is None or self.context.near(text, start, end)) and self.validate(match):
                found.append((start, end))
                position = end
            else:
                # A rejected match hides nothing: "1234 4111 1111 1111 1111" holds a card from its second group on.
                position = match.start() + 1
        return found

    def _first_gate(self, text: str, lead: int) -> int:
        """Where to begin, so that no match is left out."""
        search_gate = compile_search(self.gates) if text.isascii() else None
        if search_gate is None:
            return 0
        gate = search_gate(text.encode(), 0)
        return max(0, gate - lead) if gate >= 0 else len(text)

    def _at_gates(self, text: str) -> Callable[[str, int], re.Match[str] | None]:
        """What does as `self.pattern.search` does."""
        search_gate = compile_search(self.gates) if text.isascii() else None
        if search_gate is None:
            return self.pattern.search
        encoded = text.encode()
        left = MAX_GATES

        def search(text: str, position: int) -> re.Match[str] | None:
            nonlocal left
            while left:
                gate = search_gate(encoded, position)
                if gate < 0:
                    return None
                if match := self.pattern.match(text, gate):
                    return match
                position = gate + 1
                left -= 1
            return self.pattern.search(text, position)

        return search
