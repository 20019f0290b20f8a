"""Gates for texts in ASCII, as most logs are: without what only other characters match."""

import re

# A class of signs, or a sign that isn't ASCII.
_PIECE = re.compile(r"\\.|(\[)(\^?)((?:\\.|[^\]\\])*)\]|([^\x00-\x7f])", re.DOTALL)
_RANGE = re.compile(r"[^\x00-\x7f]-[^\x00-\x7f]")
_OTHER = re.compile(r"[^\x00-\x7f]")
_NEVER = r"\xff"
"""In Latin-1 a sign that no text in ASCII has."""


def ascii_only(pattern: str) -> str:
    """What matches the same in ASCII, in Latin-1.

    RE2 has fewer kinds of bytes to tell apart, and smaller states, without all that letters of other scripts begin
    with.

    Args:
        pattern: in RE2's syntax, without names of classes and without ranges from ASCII into what isn't.
    """
    return _PIECE.sub(_of_ascii, pattern)


def _of_ascii(piece: re.Match[str]) -> str:
    if piece[4]:
        return _NEVER
    if not piece[1] or piece[3].isascii():
        return piece[0]
    signs = _OTHER.sub("", _RANGE.sub("", piece[3]))
    return f"[{piece[2]}{signs or _NEVER}]"
