"""One RE2 pattern that matches wherever any of several gates does."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

# A sign, or a class of signs.
_PIECE = re.compile(r"\\.|\[\^?[^\]]*\]|[^\\\[]", re.DOTALL)
# Words in any case, without groups in them, and what is wanted behind.
_WORDS = re.compile(r"\(\?i:((?:[^()\[\]\\]|\\.|\[[^\]]*\])*)\)(?![*+?{])(.*)", re.DOTALL)


def union(gates: Iterable[str]) -> str:
    """A pattern whose first match begins where the first of any gate's does.

    Words in any case are sorted by their first letter, each with what its gate wants behind it. RE2 keeps in mind where
    each alternative stands: at any sign of a text all words of all gates would be about to begin, and to build a state
    of its automaton, as every new id in a log has it do, would take three times as long.
    """
    alternatives = sorted({alternative for gate in gates for alternative in _alternatives(gate)})
    by_letter: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    others: list[str] = []
    for alternative in alternatives:
        words = _WORDS.fullmatch(alternative)
        if words is None:
            others.append(f"(?:{alternative})")
            continue
        for word in _alternatives(words[1]):
            if word[:1].isalpha() and word[1:2] not in ("*", "+", "?", "{"):
                by_letter[word[0]][words[2]].append(word[1:])
            else:
                others.append(f"(?i:{word}){words[2]}")
    beginnings = []
    for letter, of_letter in by_letter.items():
        rests = [f"(?i:{'|'.join(ends)}){behind}" for behind, ends in of_letter.items()]
        beginnings.append(f"(?i:{letter})(?:{'|'.join(rests)})")
    return "|".join((*beginnings, *others))


def _alternatives(pattern: str) -> Iterator[str]:
    """What stands between the bars that are in no group."""
    depth = 0
    alternative = ""
    for piece in _PIECE.findall(pattern):
        if piece == "|" and depth == 0:
            yield alternative
            alternative = ""
            continue
        depth += (piece == "(") - (piece == ")")
        alternative += piece
    yield alternative
