"""By what an original text is recognized when it is not stored in plain text."""

import hashlib
import hmac


def fingerprint_of(key: bytes, log_id: str, original: str) -> bytes:
    """HMAC-SHA256 of a log's id and its original text.

    The id is in it so that nobody who reads the table learns which records have the same original.

    Args:
        key: the tenant's, for the purpose "fingerprint".
        log_id: of the log.
        original: its text as it was accepted.
    Returns:
        32 bytes.
    """
    name = log_id.encode()
    return hmac.digest(key, len(name).to_bytes(2, "big") + name + original.encode(), hashlib.sha256)
