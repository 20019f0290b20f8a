"""How the patterns of gates are written: RE2's syntax, without names of classes."""

import re
from collections.abc import Iterator

_PIECE = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|[^\\\[]", re.DOTALL)


def pieces(pattern: str) -> list[str]:
    """Its signs, escapes and classes of signs, one after the other."""
    found: list[str] = _PIECE.findall(pattern)
    return found


def alternatives(pattern: str) -> Iterator[str]:
    """What stands between the bars that are in no group."""
    depth = 0
    alternative = ""
    for piece in pieces(pattern):
        if piece == "|" and depth == 0:
            yield alternative
            alternative = ""
            continue
        depth += (piece == "(") - (piece == ")")
        alternative += piece
    yield alternative
