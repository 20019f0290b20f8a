"""A tenant's policy and its secret."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from models import TenantPolicy


def test_a_tenant_without_a_policy_gets_a_secret(tenant: str) -> None:
    secret = TenantPolicy.get_secret(tenant)

    stored = TenantPolicy.get_or_none(tenant)
    assert stored is not None
    assert (stored.secret, stored.policy, stored.updated_at) == (secret, None, None)
    assert len(secret) == 32
    assert TenantPolicy.get_secret(f"{tenant}-other") != secret


def test_setting_a_policy_keeps_the_secret(tenant: str) -> None:
    secret = TenantPolicy.get_secret(tenant)

    TenantPolicy.put(tenant, '{"allow":["x"]}')

    assert TenantPolicy.get_secret(tenant) == secret
    stored = TenantPolicy.get_or_none(tenant)
    assert stored is not None
    assert stored.policy == '{"allow":["x"]}'


def test_threads_that_create_a_secret_at_once_get_the_same(tenant: str) -> None:
    together = Barrier(8)

    def race(_: int) -> bytes:
        together.wait()
        return TenantPolicy.get_secret(tenant)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(race, range(8)))) == 1
