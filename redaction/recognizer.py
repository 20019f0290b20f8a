"""A recognizer is data: how a value looks, what makes it real, and examples that hold it to both."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


def _any_match(_match: re.Match[str]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Recognizer:
    """One way in which one entity is written.

    `entity` names the token. `pattern` matches the value and nothing around it, never a square bracket, and looks no
    further around it than `redaction.detection.CONTEXT_REACH` code points (nor does `validate`). So that hostile text
    costs linear time, every repetition is bounded, or possessive behind a lookbehind that enters a run only once.
    `positive` are pairs of a line and the value that must be found in it; in a line of `negative` nothing may be found.
    """

    entity: str
    pattern: re.Pattern[str]
    positive: tuple[tuple[str, str], ...]
    negative: tuple[str, ...]
    validate: Callable[[re.Match[str]], bool] = _any_match

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of each valid match, left to right, non-overlapping."""
        position = 0
        while match := self.pattern.search(text, position):
            if self.validate(match):
                yield match.span()
                position = match.end()
            else:
                # A rejected match hides nothing: "1234 4111 1111 1111 1111" holds a card from its second group on.
                position = match.start() + 1
