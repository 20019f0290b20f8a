"""Gates for texts in ASCII, as most logs are: without what only other characters match."""

import re

from redaction.gates.pieces import pieces

_RANGE = re.compile(r"[^\x00-\x7f]-[^\x00-\x7f]")
_OTHER = re.compile(r"[^\x00-\x7f]")
_NEVER = r"\xff"
"""In Latin-1 a sign that no text in ASCII has."""


def ascii_only(pattern: str) -> str:
    """What matches the same in ASCII, in Latin-1.

    RE2 has fewer kinds of bytes to tell apart, and smaller states, without all that letters of other scripts begin
    with.

    Args:
        pattern: a gate, without ranges from ASCII into what isn't.
    """
    return "".join(piece if piece.isascii() else _of_ascii(piece) for piece in pieces(pattern))


def _of_ascii(piece: str) -> str:
    if not piece.startswith("["):
        return _NEVER
    signs = _OTHER.sub("", _RANGE.sub("", piece[1:-1]))
    return f"[{signs}{_NEVER if signs in ('', '^') else ''}]"
