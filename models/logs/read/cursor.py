"""Opaque cursors: positions, signed for a tenant and its query."""

import hashlib
import json
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from models.errors import CursorRefused


def sign_cursor(cursor_key: bytes, query_identity: list[Any], position: list[Any]) -> str:
    """Sign a cursor, which is safe in a URL.

    Anyone can read a cursor, but not make one.

    Args:
        cursor_key: the tenant's derived key for cursors.
        query_identity: the tenant and its query, as JSON; signed, but not contained in the cursor.
        position: where the page ended, as JSON.
    """
    return _build_serializer(cursor_key, query_identity).dumps(position)


def load_cursor(cursor_key: bytes, query_identity: list[Any], cursor: str) -> list[Any]:
    """Verify a cursor and return the position where its page ended.

    Raises:
        CursorRefused: it is not a cursor, was changed, or belongs to another tenant or query. The error is the same in
            each case, so that it reveals nothing.
    """
    serializer = _build_serializer(cursor_key, query_identity)
    try:
        position: list[Any] = serializer.loads(cursor)
    except (BadData, UnicodeEncodeError):  # the latter for text that is not Unicode, such as a lone surrogate
        raise CursorRefused from None
    # base64 skips foreign characters and spare bits of the signature, so other texts than the one that was signed pass.
    if serializer.dumps(position) != cursor:
        raise CursorRefused
    return position


def _build_serializer(cursor_key: bytes, query_identity: list[Any]) -> URLSafeSerializer:
    # Tenants have different keys. The salt, with the tenant in it as well, binds the signature to the query.
    salt = json.dumps(query_identity, separators=(",", ":"))
    # The defaults are SHA-1 and a plain hash of salt and key, kept by itsdangerous for old signatures.
    return URLSafeSerializer(
        cursor_key, salt, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )
