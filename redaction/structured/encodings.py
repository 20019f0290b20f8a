"""Encodings that hide values: escapes of JSON strings and URL encoding."""

import json
import re

ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|.)", re.DOTALL)
"""Matches one escape of a JSON string."""
_PERCENT = re.compile(r"%[2-7][0-9A-Fa-f]")


def decode_escapes(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """Decode the escapes of the JSON string `text[start:end]`.

    Returns:
        The string; and where in `text` each of its code points came from, and its end.
    """
    pieces: list[str] = []
    origins: list[int] = []
    position = start
    for escape in ESCAPE.finditer(text, start, end):
        pieces.append(text[position : escape.start()])
        origins += range(position, escape.start())
        pieces.append(json.loads(f'"{escape.group()}"'))
        origins.append(escape.start())
        position = escape.end()
    pieces.append(text[position:end])
    origins += range(position, end + 1)
    return "".join(pieces), origins


def decode_percent(text: str) -> tuple[str, list[int]] | None:
    """Decode URL encoding, or return None if nothing is encoded.

    The result is like that of `decode_escapes`. Only ASCII characters are decoded, since no recognizer needs more. A
    second decoding finds what was encoded twice.
    """
    pieces: list[str] = []
    origins: list[int] = []
    position = 0
    for escape in _PERCENT.finditer(text):
        pieces.append(text[position : escape.start()])
        origins += range(position, escape.start() + 1)
        pieces.append(chr(int(escape.group()[1:], 16)))
        position = escape.end()
    if not pieces:
        return None
    pieces.append(text[position:])
    origins += range(position, len(text) + 1)
    return "".join(pieces), origins
