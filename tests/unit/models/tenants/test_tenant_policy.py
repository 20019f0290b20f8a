"""The one secret of a tenant, and the keys that are made of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from models import TenantPolicy, derived_key


def test_a_tenant_without_a_policy_has_a_secret(tenant: str) -> None:
    secret = TenantPolicy.secret_of(tenant)

    stored = TenantPolicy.of(tenant)
    assert stored is not None
    assert (stored.secret, stored.policy, stored.updated_at) == (secret, None, None)
    assert len(secret) == 32
    assert TenantPolicy.secret_of(f"{tenant}-other") != secret


def test_a_policy_and_a_secret_leave_each_other_alone(tenant: str) -> None:
    secret = TenantPolicy.secret_of(tenant)

    TenantPolicy.put(tenant, '{"allow":["x"]}')

    assert TenantPolicy.secret_of(tenant) == secret
    stored = TenantPolicy.of(tenant)
    assert stored is not None
    assert stored.policy == '{"allow":["x"]}'


def test_all_who_make_a_secret_at_once_get_the_same(tenant: str) -> None:
    together = Barrier(8)

    def race(_: int) -> bytes:
        together.wait()
        return TenantPolicy.secret_of(tenant)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(race, range(8)))) == 1


def test_a_key_for_each_purpose() -> None:
    secret = bytes(range(32))

    # Stored hashes were made with the secret itself.
    assert derived_key(secret, "hash") == secret
    # As `openssl kdf -kdfopt digest:SHA256 -kdfopt salt:… -kdfopt info:cursor HKDF` makes them.
    assert derived_key(secret, "cursor").hex() == "c7fb6caa24ea6b3f38956c0c18116b666bbf0e2f9f6369fbf3c759c4197c3176"
    assert (
        derived_key(secret, "fingerprint").hex() == "523b18229185b556923a7933fc63408874fa920a61391f6d42c5a96a45e14b2e"
    )


@pytest.mark.parametrize("purpose", ["cursor", "fingerprint"])
def test_another_secret_makes_other_keys(purpose: str) -> None:
    assert derived_key(bytes(32), purpose) != derived_key(bytes([1, *bytes(31)]), purpose)
