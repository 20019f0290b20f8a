"""Words near a value that tell its kind."""

import re
from dataclasses import dataclass, field

from redaction.fragments.boundaries import AFTER_ESCAPE

REACH = 48
"""How far before a value its word may stand, in code points."""


@dataclass(frozen=True, slots=True)
class Context:
    """Words of which one must stand near a value.

    A word stands at most REACH code points before the value, or `after` code points behind it. It is given in lower
    case; a space in it stands for any one of space, hyphen, underscore, dot or nothing, so that "tax id" is found in
    `taxId`, `TAX_ID`, `tax-id` and "Tax ID". Words are whole: "pin" is not in "pinned", though it is in `userPin` and
    `user_pin`.

    Attributes:
        words: in lower case, ASCII or not.
        after: most code points behind the value at which a word may end.
    """

    words: tuple[str, ...]
    after: int = 0
    _word: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_word", re.compile(word_pattern(self.words)))

    @property
    def gate(self) -> str:
        """RE2 pattern for the words."""
        return word_gate(self.words)

    def is_near(self, text: str, start: int, end: int) -> bool:
        """Return True if one of the words stands near text[start:end]."""
        if self._word.search(text, max(0, start - REACH), start):
            return True
        return self.after > 0 and self._word.search(text, end, end + self.after) is not None


def word_pattern(words: tuple[str, ...]) -> str:
    """Build the `re` pattern of one whole word of `words`.

    The words are written as `Context` has them.
    """
    # The longest first: of "account" and "account number" the second has to be tried first.
    either = "|".join(_spelling_pattern(word) for word in sorted(words, key=len, reverse=True))
    # RE2 does not take a dotless i for an i, as `re` does unless it is told to.
    fold = "ai" if either.isascii() else "i"
    # The last sign of an escape is no letter of the word: `\npassword=`, `%5Bssn%5D`.
    start = rf"(?:(?<![^\W\d_])|(?<=[a-z])(?=[A-Z])|{AFTER_ESCAPE})"
    return rf"{_initials_lookahead(words)}{start}(?{fold}:{either})(?![a-z])(?!(?<=[A-Z])[A-Z])"


def word_gate(words: tuple[str, ...]) -> str:
    """Build the RE2 pattern of one of `words`, even inside others."""
    return "(?i:" + "|".join(map(_spelling_pattern, words)) + ")"


def _spelling_pattern(word: str) -> str:
    return "[ _.-]?".join(re.escape(part) for part in word.split(" "))


def _initials_lookahead(words: tuple[str, ...]) -> str:
    """Build a lookahead for the first letters of `words`.

    It refuses a position at which none of `words` starts in a few steps, instead of in one for each word.
    """
    rests: dict[str, set[str]] = {}
    for word in words:
        initial = word.split(" ")[0][:3]
        rests.setdefault(initial[0], set()).add(initial[1:])
    either = (
        _any_case_pattern(first) + "(?:" + "|".join(map(_any_case_pattern, sorted(rest))) + ")"
        for first, rest in sorted(rests.items())
    )
    return f"(?={_any_case_pattern(''.join(rests), either_sign=True)})(?={'|'.join(either)})"


def _any_case_pattern(signs: str, *, either_sign: bool = False) -> str:
    classes = [re.escape(sign) + re.escape(sign.upper()) for sign in signs]
    return f"[{''.join(classes)}]" if either_sign else "".join(f"[{cases}]" for cases in classes)
