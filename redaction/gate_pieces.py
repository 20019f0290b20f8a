"""How the patterns of gates are written: RE2's syntax, without names of classes."""

import re

_PIECE = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|[^\\\[]", re.DOTALL)


def pieces(pattern: str) -> list[str]:
    """Its signs, escapes and classes of signs, one after the other."""
    found: list[str] = _PIECE.findall(pattern)
    return found
