"""Opaque cursors: where a page ended, signed for its tenant and for what was asked."""

import base64
import hashlib
import hmac
import json
from typing import Any

from models.errors import CursorRefused

_MAC_BYTES = 16


def to_cursor(key: bytes, asked: list[Any], place: list[Any]) -> str:
    """A cursor, safe in a URL. Who has it can read it, but not make one.

    Args:
        key: the tenant's, for cursors.
        asked: of which query it is, as JSON; not in the cursor.
        place: where the page ended, as JSON.
    """
    return _signed(key, asked, _written(place))


def place_of(key: bytes, asked: list[Any], cursor: str) -> list[Any]:
    """Where the page ended after which this one begins.

    Raises:
        CursorRefused: it is none, was changed, or is of another tenant or another query; which of these, nobody knows.
    """
    try:
        written = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)[_MAC_BYTES:]
    except ValueError:
        raise CursorRefused from None
    if not hmac.compare_digest(_signed(key, asked, written).encode(), cursor.encode()):
        raise CursorRefused
    place: list[Any] = json.loads(written)
    return place


def _signed(key: bytes, asked: list[Any], written: bytes) -> str:
    # JSON has no newline in it, so nothing blurs where the one ends and the other begins.
    mac = hmac.digest(key, _written(asked) + b"\n" + written, hashlib.sha256)[:_MAC_BYTES]
    return base64.urlsafe_b64encode(mac + written).decode().rstrip("=")


def _written(value: list[Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
