"""Limits of a tenant, from its row and from the settings."""

import threading
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from local.engine import Engine
from models import ApiKey, Limits, Tenant
from tests.support.waiting import wait_for
from webapp.access.rate_limits import Share, charge_ingest
from webapp.http.problems import Problem

Configure = Callable[..., None]
# A window so long that no test sees it end.
LONG = 3600


def verdict(tenant: str, records: int = 1, body_bytes: int = 1) -> Problem | None:
    return verdict_on(Share(tenant, records, body_bytes))


def verdict_on(*shares: Share) -> Problem | None:
    try:
        charge_ingest(shares)
    except Problem as problem:
        return problem
    return None


def refused(problem: Problem | None, status: int, code: str) -> Problem:
    assert problem is not None
    assert (problem.status, problem.code) == (status, code)
    return problem


def test_a_tenant_without_limits_is_not_limited(tenant: str, configure: Configure) -> None:
    Tenant.add(tenant, "Example")
    configure(require_auth=True)

    assert all(verdict(tenant, 10_000, 100_000) is None for _ in range(20))


def test_an_unknown_tenant_is_accepted_only_where_api_keys_are_not_required(tenant: str, configure: Configure) -> None:
    configure(require_auth=False, default_requests_per_second=1, default_burst_seconds=LONG)
    assert verdict(tenant) is None

    configure(require_auth=True)
    refused(verdict(tenant), 403, "tenant_unknown")


@pytest.mark.parametrize(
    ("limits", "records", "body_bytes", "what"),
    [
        (Limits(requests_per_second=1, burst_seconds=LONG), 1, 1, "1 requests a second"),
        (Limits(records_per_second=2, burst_seconds=LONG), 2, 1, "2 records a second"),
        (Limits(bytes_per_second=100, burst_seconds=LONG), 1, 100, "100 bytes a second"),
    ],
)
def test_each_limit_in_the_tenants_row_holds(
    tenant: str, limits: Limits, records: int, body_bytes: int, what: str
) -> None:
    Tenant.add(tenant, "Example", limits)

    taken = 0
    while (problem := verdict(tenant, records, body_bytes)) is None:
        taken += 1
        assert taken <= LONG

    # At the very end of a window of the clock, some more.
    assert taken >= LONG
    refused(problem, 429, "rate_limited")
    assert what in problem.detail
    retry_after = int(problem.headers["Retry-After"])
    assert 1 <= retry_after <= 2 * LONG
    limit = LONG * max(records, body_bytes)
    assert problem.headers == {
        "Retry-After": str(retry_after),
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": str(retry_after),
        "RateLimit-Policy": f"{limit};w={LONG}",
    }


def test_a_rejected_request_is_charged_to_no_limit(tenant: str) -> None:
    Tenant.add(tenant, "Example", Limits(requests_per_second=1, records_per_second=1, burst_seconds=LONG))
    assert verdict(tenant, records=10 * LONG) is None

    for _ in range(2 * LONG):
        problem = refused(verdict(tenant), 429, "rate_limited")

    assert "records" in problem.detail


@pytest.mark.parametrize("refused_first", [True, False])
def test_a_request_rejected_for_one_tenant_is_not_charged_to_the_others(tenant: str, refused_first: bool) -> None:
    full, suspended, free = f"{tenant}-full", f"{tenant}-suspended", f"{tenant}-free"
    for tenant_id in (full, suspended, free):
        Tenant.add(tenant_id, "Example", Limits(requests_per_second=1, burst_seconds=LONG))
    Tenant.set_suspended(suspended, True)
    while verdict(full) is None:
        pass

    for other, status, code in ((full, 429, "rate_limited"), (suspended, 403, "tenant_suspended")):
        shares = [Share(other, 1, 1), Share(free, 1, 1)]
        for _ in range(LONG):
            refused(verdict_on(*(shares if refused_first else reversed(shares))), status, code)

    assert verdict(free) is None


def test_a_request_is_charged_to_each_tenant_in_it(tenant: str) -> None:
    tenants = [f"{tenant}-{number}" for number in range(2)]
    for tenant_id in tenants:
        Tenant.add(tenant_id, "Example", Limits(records_per_second=1, burst_seconds=LONG))

    assert verdict_on(*(Share(tenant_id, 10 * LONG, 1) for tenant_id in tenants)) is None

    for tenant_id in tenants:
        refused(verdict(tenant_id), 429, "rate_limited")


def test_a_request_larger_than_the_burst_is_accepted_and_the_next_waits(tenant: str) -> None:
    Tenant.add(tenant, "Example", Limits(bytes_per_second=10, burst_seconds=LONG))

    assert verdict(tenant, body_bytes=1_000_000) is None
    problem = refused(verdict(tenant, body_bytes=1), 429, "rate_limited")

    # All of the next window but the little at its end in which what came before counts less than the limit.
    assert LONG * 0.9 < int(problem.headers["Retry-After"]) <= 2 * LONG


def test_a_request_is_accepted_again_after_a_wait(tenant: str) -> None:
    Tenant.add(tenant, "Example", Limits(records_per_second=5, burst_seconds=1))
    for _ in range(3):
        assert wait_for("a request that is taken", lambda: verdict(tenant, records=50) is None)


def test_one_tenants_flood_does_not_limit_another(engine: Engine, tenant: str) -> None:
    other = f"{tenant}-other"
    for tenant_id in (tenant, other):
        Tenant.add(tenant_id, "Example", Limits(requests_per_second=1, burst_seconds=LONG))
    while verdict(tenant) is None:
        pass

    assert verdict(other) is None


def test_threads_together_get_no_more_than_the_limit(tenant: str) -> None:
    Tenant.add(tenant, "Example", Limits(requests_per_second=1, burst_seconds=LONG))
    taken: list[int] = []

    def flood() -> None:
        taken.append(sum(verdict(tenant) is None for _ in range(LONG)))

    threads = [threading.Thread(target=flood) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert LONG <= sum(taken) <= 2 * LONG


def test_requests_with_invalid_records_only_are_charged_too(client: FlaskClient, tenant: str) -> None:
    Tenant.add(tenant, "Example", Limits(requests_per_second=1, burst_seconds=5))
    headers = {"Authorization": f"Bearer {ApiKey.add(tenant, ['ingest'])}"}

    def post() -> int:
        return client.post("/ingest", json=[{"text": 1}], headers=headers).status_code

    assert post() == 422
    wait_for("429", lambda: post() == 429, every=0)


def test_a_suspended_tenant_is_rejected_until_it_is_resumed(tenant: str, configure: Configure) -> None:
    configure(key_cache_seconds=0)
    Tenant.add(tenant, "Example")
    assert verdict(tenant) is None

    Tenant.set_suspended(tenant, True)
    refused(verdict(tenant), 403, "tenant_suspended")

    Tenant.set_suspended(tenant, False)
    assert verdict(tenant) is None


def test_while_dynamodb_is_down_cached_tenants_serve_and_others_get_503(
    tenant: str, engine: Engine, configure: Configure
) -> None:
    configure(require_auth=True, key_cache_seconds=0, retry_after_seconds=1)
    known, suspended, new = tenant, f"{tenant}-suspended", f"{tenant}-new"
    for tenant_id in (known, suspended, new):
        Tenant.add(tenant_id, "Example")
    Tenant.set_suspended(suspended, True)
    assert verdict(known) is None
    refused(verdict(suspended), 403, "tenant_suspended")

    engine.stop()
    try:
        assert verdict(known) is None
        refused(verdict(suspended), 403, "tenant_suspended")
        problem = refused(verdict(new), 503, "tenant_unavailable")
        assert int(problem.headers["Retry-After"]) > 0
        configure(require_auth=False, key_cache_seconds=0, retry_after_seconds=1)
        assert verdict(new) is None
    finally:
        engine.start()

    configure(require_auth=True, key_cache_seconds=0, retry_after_seconds=1)
    wait_for("the new tenant", lambda: verdict(new) is None)
