"""One RE2 pattern that matches wherever any of several gates does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from redaction.gates.pieces import alternatives, pieces

_IN_ANY_CASE = "(?i:"
_REPEATED = ("*", "+", "{")
_NEVER = r"[^\s\S]"


def union(gates: Iterable[str]) -> str:
    """A pattern whose first match begins where the first of any gate's does; one that matches nowhere, of no gates.

    Words in any case are sorted by their first letter, each with what its gate wants behind it. RE2 keeps in mind where
    each alternative stands: at any sign of a text all words of all gates would be about to begin, and to build a state
    of its automaton, as every new id in a log has it do, would take three times as long.
    """
    by_letter: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    others: set[str] = set()
    for gate in gates:
        for word, behind in _beginnings(gate):
            if word:
                by_letter[word[0]][behind].add(word[1:])
            else:
                others.add(f"(?:{behind})")
    words = []
    for letter, of_letter in sorted(by_letter.items()):
        rests = [f"(?i:{'|'.join(sorted(ends))}){behind}" for behind, ends in sorted(of_letter.items())]
        words.append(f"(?i:{letter})(?:{'|'.join(rests)})")
    return "|".join((*words, *sorted(others))) or _NEVER


def _beginnings(pattern: str) -> Iterator[tuple[str, str]]:
    """All that it may begin with: a word in any case and the pattern behind it, or no word and all of it."""
    for alternative in alternatives(pattern):
        group, rest, is_optional = _leading_group(alternative)
        if _IN_ANY_CASE not in group:
            yield "", alternative
            continue
        if group.startswith(_IN_ANY_CASE):
            yield from _words(_inside(group), rest)
        else:
            others = []
            for inner in alternatives(_inside(group)):
                if _IN_ANY_CASE in _leading_group(inner)[0]:
                    yield from _beginnings(inner + rest)
                else:
                    others.append(inner)
            if others:
                yield "", f"(?:{'|'.join(others)}){rest}"
        if is_optional:
            yield from _beginnings(rest)


def _words(words: str, behind: str) -> Iterator[tuple[str, str]]:
    """The same of `(?i:words)behind`."""
    for word in alternatives(words):
        is_letter = word[:1].isalpha()
        group, rest, is_optional = _leading_group(
            f"(?:{word[0]}){word[1:]}" if is_letter and word[1:2] == "?" else word
        )
        if group:
            for inner in alternatives(_inside(group)):
                yield from _words(inner + rest, behind)
            if is_optional:
                yield from _words(rest, behind)
        elif not word:
            yield from _beginnings(behind)
        elif is_letter and not word[1:].startswith(_REPEATED):
            yield word, behind
        else:
            yield "", f"(?i:{word}){behind}"


def _inside(group: str) -> str:
    return group[group.index(":") + 1 : -1]


def _leading_group(alternative: str) -> tuple[str, str, bool]:
    """The group that it begins with, unless that is repeated, the rest, and whether it may as well be missing."""
    group = ""
    depth = 0
    for piece in pieces(alternative):
        depth += (piece == "(") - (piece == ")")
        group += piece
        if depth == 0:
            break
    rest = alternative[len(group) :]
    if not group.startswith("(") or rest.startswith(_REPEATED):
        return "", alternative, False
    return group, rest.removeprefix("?"), rest.startswith("?")
