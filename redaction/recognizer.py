"""A recognizer is data: how a value looks, what makes it real, and examples that hold it to both."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from redaction.context import Context


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
    """

    name: str
    entity: str
    gate: str
    pattern: re.Pattern[str]
    positive: tuple[tuple[str, str], ...]
    negative: tuple[str, ...]
    validate: Callable[[re.Match[str]], bool] = accept_any
    context: Context | None = None

    @property
    def gates(self) -> str:
        """The gate, or that of the context."""
        return self.gate or (self.context.gate if self.context else "")

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of each valid value, left to right, non-overlapping."""
        group = self.pattern.groupindex.get("value", 0)
        position = 0
        while match := self.pattern.search(text, position):
            start, end = match.span(group)
            if start < end and (self.context is None or self.context.near(text, start, end)) and self.validate(match):
                yield start, end
                position = end
            else:
                # A rejected match hides nothing: "1234 4111 1111 1111 1111" holds a card from its second group on.
                position = match.start() + 1
