"""Say where JSON is invalid, without a word of it."""

import re

import msgspec

_BYTE = re.compile(r"\(byte (\d+)\)$")


def describe_json_error(error: Exception) -> str:
    """Describe where JSON could not be decoded.

    Of msgspec's message only the offset is used; the rest might quote the text one day.

    Args:
        error: raised by `msgspec.json.decode`, or by decoding its UTF-8.
    Returns:
        Such as "at byte 12", counted from 0.
    """
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"no UTF-8 at byte {error.start}"
    if isinstance(error, msgspec.ValidationError):
        return "a number is out of range"  # without a type to decode to there is no other of these errors
    match = _BYTE.search(str(error))
    # msgspec has no offset for JSON that ends early, nor for a string that ends within a surrogate pair.
    return f"at byte {match[1]}" if match else "incomplete at its end"
