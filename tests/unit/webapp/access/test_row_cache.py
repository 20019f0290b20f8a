"""Cached rows while DynamoDB answers, and while it does not."""

import threading
from collections.abc import Callable

import pytest

from models import ApiKey, Tenant
from tests.support.fault_proxy import FaultProxy
from tests.support.waiting import wait_for
from webapp.access import row_cache
from webapp.access.row_cache import RowCache, RowUnavailable

Configure = Callable[..., None]


@pytest.fixture
def cache() -> RowCache[ApiKey]:
    return RowCache("keys", ApiKey.get_or_none)


def unavailable(cache: RowCache[ApiKey], key: str) -> bool:
    try:
        cache.get(key)
    except RowUnavailable:
        return True
    return False


@pytest.mark.parametrize(
    "fault",
    [
        lambda proxy: proxy.refuse("dynamodb"),
        lambda proxy: proxy.hang("dynamodb"),
        lambda proxy: proxy.status(500, "InternalServerError", "dynamodb"),
        lambda proxy: proxy.status(400, "ProvisionedThroughputExceededException", "dynamodb"),
        lambda proxy: proxy.status(403, "AccessDeniedException", "dynamodb"),
    ],
    ids=["refuses", "hangs", "500", "throttles", "403"],
)
def test_during_an_outage_one_request_probes_and_the_others_do_not_wait(
    cache: RowCache[ApiKey],
    tenant: str,
    api_keys_proxy: FaultProxy,
    configure: Configure,
    fault: Callable[[FaultProxy], None],
) -> None:
    configure(key_cache_seconds=0, retry_after_seconds=3600)
    key_id, other = (ApiKey.add(tenant, ["ingest"]).key_id for _ in range(2))
    assert cache.get(key_id)
    fault(api_keys_proxy)
    assert cache.get(key_id)
    assert cache.is_down
    api_keys_proxy.calls.clear()

    for _ in range(10):
        assert cache.get(key_id)
        assert unavailable(cache, other)

    assert not api_keys_proxy.calls


def test_rows_are_read_again_once_the_outage_is_over(
    cache: RowCache[ApiKey], tenant: str, api_keys_proxy: FaultProxy, configure: Configure
) -> None:
    configure(key_cache_seconds=0, retry_after_seconds=1)
    key_id = ApiKey.add(tenant, ["ingest"]).key_id
    api_keys_proxy.refuse("dynamodb")
    assert unavailable(cache, key_id)
    api_keys_proxy.clear()

    wait_for("the row", lambda: not unavailable(cache, key_id))

    assert not cache.is_down


def test_a_row_does_not_serve_beyond_the_grace_period(
    cache: RowCache[ApiKey], tenant: str, api_keys_proxy: FaultProxy, configure: Configure
) -> None:
    configure(key_cache_seconds=0, key_grace_seconds=3600)
    key_id = ApiKey.add(tenant, ["ingest"]).key_id
    assert cache.get(key_id)
    api_keys_proxy.refuse("dynamodb")
    assert cache.get(key_id)

    configure(key_cache_seconds=0, key_grace_seconds=0)

    assert unavailable(cache, key_id)


def test_made_up_keys_push_out_no_rows(
    tenant: str, api_keys_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_cache, "MAX_ROWS", 3)
    cache = RowCache("keys", ApiKey.get_or_none)
    key_ids = [ApiKey.add(tenant, ["ingest"]).key_id for _ in range(4)]
    for key_id in key_ids:
        assert cache.get(key_id)
    for number in range(10):
        assert cache.get(f"made-up-{number}") is None
    api_keys_proxy.calls.clear()

    # The three that were read last, and no more.
    for key_id in reversed(key_ids):
        assert cache.get(key_id)

    assert api_keys_proxy.calls["GetItem"] == 1
    assert len(cache._rows) == len(cache._missing) == 3


def test_a_missing_row_is_cached_like_a_row_if_asked_to(tenant: str, configure: Configure) -> None:
    configure(key_cache_seconds=3600)
    cache = RowCache("tenants", Tenant.get_or_none, cache_missing=True)
    assert cache.get(tenant) is None

    Tenant.add(tenant, "Example")
    assert cache.get(tenant) is None

    configure(key_cache_seconds=0)
    assert cache.get(tenant)


def test_threads_get_the_rows_that_they_asked_for(cache: RowCache[ApiKey], tenant: str, configure: Configure) -> None:
    configure(key_cache_seconds=0)
    key_ids = [ApiKey.add(tenant, ["ingest"]).key_id for _ in range(4)]
    found: list[str] = []

    def read() -> None:
        for key_id in key_ids * 5:
            row = cache.get(key_id)
            assert row is not None
            found.append(row.key_id)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == sorted(key_ids * 40)
