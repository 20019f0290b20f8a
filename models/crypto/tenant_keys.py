"""The keys of a tenant, each for one purpose, all of them made of its one secret."""

import hashlib
import hmac
from typing import Literal

SECRET_BYTES = 32
_SALT = b"sluice tenant key"

Purpose = Literal["hash", "cursor", "fingerprint"]


def derived_key(secret: bytes, purpose: Purpose) -> bytes:
    """A tenant's key for one purpose; it tells nothing about the secret or about the other keys.

    HKDF-SHA256 of one block, https://www.rfc-editor.org/rfc/rfc5869, with the purpose as info. The key of the hashes
    is the secret itself: it was there first, and the hashes in stored logs must not change. HKDF takes the secret as a
    message, never as a key, so that no hash under it is one of the other keys.

    Args:
        secret: of the tenant, SECRET_BYTES long.
        purpose: "hash" for the action of that name in policies, "cursor" to sign cursors, "fingerprint" to recognize an
            original text that is not stored in plain text.
    Returns:
        32 bytes.
    """
    if purpose == "hash":
        return secret
    extracted = hmac.digest(_SALT, secret, hashlib.sha256)
    return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)
