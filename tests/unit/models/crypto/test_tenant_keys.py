"""Derived keys and fingerprints: stored records depend on their bytes."""

import pytest

from models.crypto.tenant_keys import Purpose, compute_fingerprint, derive_key

SECRET = bytes(range(32))


def test_derived_keys_keep_their_bytes() -> None:
    # Stored hashes were made with the secret itself.
    assert derive_key(SECRET, "hash") == SECRET
    # As `openssl kdf -kdfopt digest:SHA256 -kdfopt salt:… -kdfopt info:cursor HKDF` makes them.
    assert derive_key(SECRET, "cursor").hex() == "c7fb6caa24ea6b3f38956c0c18116b666bbf0e2f9f6369fbf3c759c4197c3176"
    assert derive_key(SECRET, "fingerprint").hex() == (
        "523b18229185b556923a7933fc63408874fa920a61391f6d42c5a96a45e14b2e"
    )


@pytest.mark.parametrize("purpose", ["cursor", "fingerprint"])
def test_another_secret_has_other_derived_keys(purpose: Purpose) -> None:
    assert derive_key(bytes(32), purpose) != derive_key(bytes([1, *bytes(31)]), purpose)


def test_fingerprints_keep_their_bytes() -> None:
    fingerprint_key = derive_key(SECRET, "fingerprint")

    assert compute_fingerprint(fingerprint_key, "uuid-1234", "Customer 555-123-4567 logged in").hex() == (
        "285579323b1a02975bc60f63d66a395af227659f17edaeada94d7b18c76fc627"
    )


def test_logs_with_the_same_original_have_different_fingerprints() -> None:
    assert compute_fingerprint(bytes(32), "a", "text") != compute_fingerprint(bytes(32), "b", "text")
    assert compute_fingerprint(bytes(32), "a", "btext") != compute_fingerprint(bytes(32), "ab", "text")
