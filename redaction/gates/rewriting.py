"""Rewriting of gate patterns to a union and to their ASCII part.

A gate is written in RE2's syntax, without named character classes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

_PIECE = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|[^\\\[]", re.DOTALL)
_IN_ANY_CASE = "(?i:"
_REPEATED = ("*", "+", "{")
_NO_MATCH = r"[^\s\S]"

_NON_ASCII_RANGE = re.compile(r"[^\x00-\x7f]-[^\x00-\x7f]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_NOT_IN_ASCII = r"\xff"
"""Latin-1 character that no ASCII text contains."""


def split_pieces(pattern: str) -> list[str]:
    """Split a pattern into its characters, escapes and character classes."""
    pieces: list[str] = _PIECE.findall(pattern)
    return pieces


def split_alternatives(pattern: str) -> Iterator[str]:
    """Yield what stands between the bars that are in no group."""
    depth = 0
    alternative = ""
    for piece in split_pieces(pattern):
        if piece == "|" and depth == 0:
            yield alternative
            alternative = ""
            continue
        depth += (piece == "(") - (piece == ")")
        alternative += piece
    yield alternative


def keep_ascii(pattern: str) -> str:
    """Rewrite a gate to a Latin-1 pattern for ASCII texts.

    It matches the same in them. Most logs are ASCII. Without the bytes that characters of other scripts begin with, RE2
    has fewer kinds of bytes to tell apart, and smaller states.

    Args:
        pattern: a gate, without ranges from an ASCII character to another one.
    """
    return "".join(piece if piece.isascii() else _keep_ascii_piece(piece) for piece in split_pieces(pattern))


def _keep_ascii_piece(piece: str) -> str:
    if not piece.startswith("["):
        return _NOT_IN_ASCII
    characters = _NON_ASCII.sub("", _NON_ASCII_RANGE.sub("", piece[1:-1]))
    return f"[{characters}{_NOT_IN_ASCII if characters in ('', '^') else ''}]"


def build_union(gates: Iterable[str]) -> str:
    """Build a pattern that first matches where any of the gates does.

    Its matches begin where those of the gates begin, and may end elsewhere. Without gates it matches nowhere.

    Words in any case are sorted by their first letter, each followed by what its gate wants behind it. RE2 tracks the
    position in each alternative: unsorted, every character of a text would be the possible beginning of every word of
    every gate, and building one state of the automaton, as each new id in a log requires, would take three times as
    long.
    """
    by_letter: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    others: set[str] = set()
    for gate in gates:
        for word, rest in _split_beginnings(gate):
            if word:
                by_letter[word[0]][rest].add(word[1:])
            else:
                others.add(f"(?:{rest})")
    words = []
    for letter, endings_by_rest in sorted(by_letter.items()):
        endings = [f"(?i:{'|'.join(sorted(ends))}){rest}" for rest, ends in sorted(endings_by_rest.items())]
        words.append(f"(?i:{letter})(?:{'|'.join(endings)})")
    return "|".join((*words, *sorted(others))) or _NO_MATCH


def _split_beginnings(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield each beginning of a pattern as a word and the rest.

    The word matches in any case. A beginning that has none yields an empty word and all of it.
    """
    for alternative in split_alternatives(pattern):
        group, rest, is_optional = _split_leading_group(alternative)
        if _IN_ANY_CASE not in group:
            yield "", alternative
            continue
        if group.startswith(_IN_ANY_CASE):
            yield from _split_words(_get_group_content(group), rest)
        else:
            others = []
            for inner in split_alternatives(_get_group_content(group)):
                if _IN_ANY_CASE in _split_leading_group(inner)[0]:
                    yield from _split_beginnings(inner + rest)
                else:
                    others.append(inner)
            if others:
                yield "", f"(?:{'|'.join(others)}){rest}"
        if is_optional:
            yield from _split_beginnings(rest)


def _split_words(words: str, rest: str) -> Iterator[tuple[str, str]]:
    """Yield each beginning of `(?i:words)rest`."""
    for word in split_alternatives(words):
        is_letter = word[:1].isalpha()
        group, group_rest, is_optional = _split_leading_group(
            f"(?:{word[0]}){word[1:]}" if is_letter and word[1:2] == "?" else word
        )
        if group:
            for inner in split_alternatives(_get_group_content(group)):
                yield from _split_words(inner + group_rest, rest)
            if is_optional:
                yield from _split_words(group_rest, rest)
        elif not word:
            yield from _split_beginnings(rest)
        elif is_letter and not word[1:].startswith(_REPEATED):
            yield word, rest
        else:
            yield "", f"(?i:{word}){rest}"


def _get_group_content(group: str) -> str:
    return group[group.index(":") + 1 : -1]


def _split_leading_group(alternative: str) -> tuple[str, str, bool]:
    """Split off the group at the start, unless it is repeated.

    Returns:
        The group, or an empty string; the rest; and True if the group is optional.
    """
    group = ""
    depth = 0
    for piece in split_pieces(alternative):
        depth += (piece == "(") - (piece == ")")
        group += piece
        if depth == 0:
            break
    rest = alternative[len(group) :]
    if not group.startswith("(") or rest.startswith(_REPEATED):
        return "", alternative, False
    return group, rest.removeprefix("?"), rest.startswith("?")
