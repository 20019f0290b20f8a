"""What national numbers have in common: a key that names them, a shape, and a check digit that proves them."""

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
    """As `Context`, with words that say enough only where the value follows directly.

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
        """RE2 pattern for the words, none of which goes on in lower case, and for the keys with the value's begin."""
        gates = []
        if self.words:
            gates.append(f"{word_gate(self.words)}[^a-z]")
        if self.keys:
            gates.append(f"{word_gate(self.keys)}(?i:{_SUFFIX}){_SIGN}+{_IS}{self.initial}")
        return "|".join(gates)

    def is_near(self, text: str, start: int, end: int) -> bool:
        """Whether one of the words stands near text[start:end], or one of the keys right before it."""
        return (
            self._key.search(text, max(0, start - REACH), start) is not None
            # Not super(): a dataclass with slots is not the class that its methods were defined in.
            or Context.is_near(self, text, start, end)
        )


def id_keywords(words: str = "", *, keys: str = "", initial: str = "[0-9]{2}") -> IdKeywords:
    """`IdKeywords` with its words and keys listed with commas between them."""

    def split(words: str) -> tuple[str, ...]:
        return tuple(filter(None, words.split(", ")))

    return IdKeywords(split(words), keys=split(keys), initial=initial)


def id_pattern(shape: str) -> re.Pattern[str]:
    """A number of this shape that is no part of a longer one; several shapes are tried in the order given."""
    return re.compile(rf"{NUMBER_START}(?P<value>{shape}){NUMBER_END}", re.ASCII)


def isolated_id_pattern(shape: str) -> re.Pattern[str]:
    """The same for groups with spaces between them: no row of a table goes on at either side."""
    return re.compile(rf"(?<!\d )(?<!\d[,;] ){NUMBER_START}(?P<value>{shape})(?! \d){NUMBER_END}", re.ASCII)


def keyed_id_pattern(keys: str, shape: str) -> re.Pattern[str]:
    """A number that stands right behind one of the keys; cheaper than `named` where a shape says little."""
    words = tuple(keys.split(", "))
    key = rf"{word_pattern(words)}(?i:{_SUFFIX}){_SIGN}{{1,9}}{_IS}"
    return re.compile(rf"{key}{NUMBER_START}(?P<value>{shape}){NUMBER_END}")


def passes_any(*checks: Callable[[str], bool]) -> Callable[[re.Match[str]], bool]:
    """Take a value that one of these takes; `is_valid` of the modules of stdnum, mostly."""

    def validate(match: re.Match[str]) -> bool:
        value = match["value"]
        return any(check(value) for check in checks)

    return validate


def get_digits(value: str) -> list[int]:
    """The digits of a number, without what separates them."""
    return [int(sign) for sign in value if sign.isdecimal()]


def weighted_sum(numbers: list[int], weights: tuple[int, ...]) -> int:
    """The sum of each number times the weight of its place."""
    return sum(number * weight for number, weight in zip(numbers, weights, strict=False))
