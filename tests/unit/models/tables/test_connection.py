"""Conditional writes while DynamoDB does not answer."""

from collections.abc import Callable

import pytest
from pynamodb.exceptions import UpdateError

from models import ApiKey, Storage, Tenant, TenantPolicy
from tests.support.fault_proxy import FaultProxy

WRITES: dict[str, Callable[[str], object]] = {
    "making a secret": TenantPolicy.get_or_create,
    "a policy": lambda tenant: TenantPolicy.put(tenant, "{}", Storage()),
    "suspending": lambda tenant: Tenant.set_suspended(tenant, True),
    "revoking": ApiKey.revoke,
    "noting a use": lambda key: ApiKey.record_use(key, "2026-01-31T12:00:00Z", "2026-01-31T11:00:00Z"),
}


@pytest.fixture
def through(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> FaultProxy:
    for model in (ApiKey, Tenant, TenantPolicy):
        monkeypatch.setattr(model.Meta, "host", proxy.url)
        monkeypatch.setattr(model.Meta, "read_timeout_seconds", 0.2)
        monkeypatch.setattr(model.Meta, "max_retry_attempts", 0)
        monkeypatch.setattr(model, "_connection", None)
    return proxy


@pytest.mark.parametrize("fault", [FaultProxy.hang, FaultProxy.refuse])
@pytest.mark.parametrize("write", WRITES)
def test_a_write_without_an_answer_is_not_a_condition_failure(
    through: FaultProxy, tenant: str, write: str, fault: Callable[[FaultProxy, str], None]
) -> None:
    fault(through, "UpdateItem")

    with pytest.raises(UpdateError):
        WRITES[write](tenant)
