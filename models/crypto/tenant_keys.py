"""Keys derived from a tenant's secret, and fingerprints of originals."""

import hashlib
import hmac
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
_SALT = b"sluice tenant key"

Purpose = Literal["hash", "cursor", "fingerprint"]


def derive_key(secret: bytes, purpose: Purpose) -> bytes:
    """Derive a tenant's key for one purpose from its secret.

    HKDF-SHA256 (https://www.rfc-editor.org/rfc/rfc5869) with the purpose as info. A derived key reveals nothing about
    the secret or about the other keys.

    Args:
        secret: the tenant's, SECRET_BYTES long.
        purpose: "hash" for the action of that name in policies, "cursor" to sign cursors, "fingerprint" to recognize an
            original text that is not stored in plain text.
    Returns:
        32 bytes.
    """
    if purpose == "hash":
        # The secret itself: it served the hashes before there were other purposes, and the hashes in stored logs must
        # not change. HKDF uses the secret as a message, never as a key, so no hash equals a derived key.
        return secret
    return HKDF(SHA256(), 32, _SALT, purpose.encode()).derive(secret)


def compute_fingerprint(fingerprint_key: bytes, log_id: str, original: str) -> bytes:
    """Compute the HMAC-SHA256 of a log's id and its original text.

    A fingerprint recognizes an original that is not stored in plain text. The id is part of it so that nobody who reads
    the table learns which records have the same original.

    Args:
        fingerprint_key: the tenant's, for the purpose "fingerprint".
        log_id: the log's id.
        original: its text as it was accepted.
    Returns:
        32 bytes.
    """
    encoded_id = log_id.encode()
    # The length keeps id and text apart: "a" with "btext" differs from "ab" with "text".
    message = len(encoded_id).to_bytes(2, "big") + encoded_id + original.encode()
    return hmac.digest(fingerprint_key, message, hashlib.sha256)
