"""Parts of national numbers: keywords, shapes and check digits."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from redaction.fragments.boundaries import NUMBER_END, NUMBER_START
from redaction.fragments.context import REACH, Context, word_gate, word_pattern

NATIONAL_ID = "NATIONAL_ID"

_SUFFIX = (
    r"(?:[ _.-]?(?:numbers?|num|no|nr|n[°ºr]|n[uú]mero|nummer|numer|numaras[ıi]|[čc][ií]slo|szam|sz[aá]m|id|code|kod"
    r"|value|key|cliente|empresa|titular|emisor|receptor|proveedor|usuario|paciente))?"
)
# Quotes, brackets, colons, tags; %3D and %22 in a URL; "is" and the like, or "value" between two quotes.
_SIGN = r"(?:[^0-9A-Za-z\r\n]|\\[nrt]|%[0-9A-Fa-f]{2}|quot;)"
_IS = rf"(?:(?i:is|was|es|ist|e|é|value){_SIGN}{{1,6}})?"


@dataclass(frozen=True, slots=True)
class IdKeywords(Context):
    """Context with words that mean enough only directly before the value.

    "sin" and "run" are words of a language, "pan" and "fin" parts of others' jargon: such a word has to be the key of
    the value, as in `sin=046454286`, `"sin": "046 454 286"` or "SIN number is 046-454-286".

    Attributes:
        words: one of them may stand anywhere near the value.
        keys: or one of them right before it.
        initial: RE2 pattern of how a value behind a key begins; the longer, the rarer is the gate of a short key.
    """

    words: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    initial: str = "[0-9]{2}"
    _key: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_word", re.compile(word_pattern(self.words) if self.words else r"(?!)"))
        key = rf"{word_pattern(self.keys)}(?i:{_SUFFIX}){_SIGN}{{1,9}}{_IS}\Z" if self.keys else r"(?!)"
        object.__setattr__(self, "_key", re.compile(key))

    @property
    def gate(self) -> str:
        """RE2 pattern of the words, and of the keys before a value.

        No word goes on in lower case.
        """
        gates = []
        if self.words:
            gates.append(f"{word_gate(self.words)}[^a-z]")
        if self.keys:
            gates.append(f"{word_gate(self.keys)}(?i:{_SUFFIX}){_SIGN}+{_IS}{self.initial}")
        return "|".join(gates)

    def is_near(self, text: str, start: int, end: int) -> bool:
        """Return True if a word stands near text[start:end], or a key before."""
        return (
            self._key.search(text, max(0, start - REACH), start) is not None
            # Not super(): a dataclass with slots is not the class that its methods were defined in.
            or Context.is_near(self, text, start, end)
        )


def id_keywords(words: str = "", *, keys: str = "", initial: str = "[0-9]{2}") -> IdKeywords:
    """Build `IdKeywords` from words and keys separated by commas."""

    def split(words: str) -> tuple[str, ...]:
        return tuple(filter(None, words.split(", ")))

    return IdKeywords(split(words), keys=split(keys), initial=initial)


def id_pattern(shape: str) -> re.Pattern[str]:
    """Build the pattern of a number outside a longer one.

    Several shapes are tried in the order given.
    """
    return re.compile(rf"{NUMBER_START}(?P<value>{shape}){NUMBER_END}", re.ASCII)


def isolated_id_pattern(shape: str) -> re.Pattern[str]:
    """Build the pattern of groups with spaces that no table row continues.

    No other number stands at either side.
    """
    return re.compile(rf"(?<!\d )(?<!\d[,;] ){NUMBER_START}(?P<value>{shape})(?! \d){NUMBER_END}", re.ASCII)


def keyed_id_pattern(keys: str, shape: str) -> re.Pattern[str]:
    """Build the pattern of a number directly behind one of the keys.

    It is cheaper than `id_keywords` where a shape says little.
    """
    words = tuple(keys.split(", "))
    key = rf"{word_pattern(words)}(?i:{_SUFFIX}){_SIGN}{{1,9}}{_IS}"
    return re.compile(rf"{key}{NUMBER_START}(?P<value>{shape}){NUMBER_END}")


def passes_any(*checks: Callable[[str], bool]) -> Callable[[re.Match[str]], bool]:
    """Build a validator that accepts what one of `checks` accepts.

    The checks are mostly `is_valid` of stdnum's modules.
    """

    def passes_check(match: re.Match[str]) -> bool:
        value = match["value"]
        return any(check(value) for check in checks)

    return passes_check


def get_digits(value: str) -> list[int]:
    """Return the digits of a number, without its separators."""
    return [int(sign) for sign in value if sign.isdecimal()]


def weighted_sum(numbers: list[int], weights: tuple[int, ...]) -> int:
    """Return the sum of each number times the weight at its index."""
    return sum(number * weight for number, weight in zip(numbers, weights, strict=False))
