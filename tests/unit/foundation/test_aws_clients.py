"""AWS clients: endpoint, credentials, limits, and who shares one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from foundation import aws_clients
from foundation.aws_clients import KMS, CallLimits, get_shared_client, make_client, share_client
from settings import settings


@pytest.fixture(autouse=True)
def _no_clients_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_clients, "_clients", {})


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def apply(**values: Any) -> None:
        changed = type(settings).model_construct(**(settings.model_dump() | values))
        monkeypatch.setattr(aws_clients, "settings", changed)

    return apply


def test_a_client_has_the_limits_that_it_was_made_with() -> None:
    config = make_client("sqs", CallLimits(1, 3, attempts=4, connections=7)).meta.config

    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections) == (1, 3, 7)
    assert config.retries == {"total_max_attempts": 4, "mode": "standard"}


def test_a_local_engine_gets_made_up_credentials(configure: Callable[..., None]) -> None:
    configure(aws_endpoint_url="http://127.0.0.1:4", aws_region="eu-north-1")

    client = make_client("kms", KMS)

    assert (client.meta.endpoint_url, client.meta.region_name) == ("http://127.0.0.1:4", "eu-north-1")
    credentials = client._request_signer._credentials
    assert (credentials.access_key, credentials.secret_key) == ("sluice", "sluice")


def test_threads_share_a_client_for_each_service_and_limits() -> None:
    with ThreadPoolExecutor(8) as threads:
        clients = set(threads.map(lambda _: get_shared_client("kms", KMS), range(32)))

    assert len(clients) == 1
    assert get_shared_client("kms", CallLimits(1, 1, 1)) not in clients


def test_a_client_without_credentials_is_not_shared() -> None:
    def make() -> Any:
        client = make_client("kms", KMS)
        client._request_signer._credentials = None
        return client

    assert share_client("kms", make) is not share_client("kms", make)
