"""Fixtures of the web app's unit tests."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from local.engine import Engine
from models import ApiKey, Tenant
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.support.reader import Reader
from webapp import create_app
from webapp.access import auth, rate_limits, row_cache
from webapp.access.row_cache import RowCache


@pytest.fixture(autouse=True)
def _just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget rows and outages of the tests before."""
    monkeypatch.setattr(auth, "_api_keys", RowCache(ApiKey.Meta.table_name, ApiKey.get_or_none))
    monkeypatch.setattr(
        rate_limits, "_tenants", RowCache(Tenant.Meta.table_name, Tenant.get_or_none, cache_missing=True)
    )


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that changes the settings of `webapp.access`."""

    def apply(**values: object) -> None:
        changed = settings.model_copy(update=values)
        for module in (auth, rate_limits, row_cache):
            monkeypatch.setattr(module, "settings", changed)

    return apply


@pytest.fixture
def api_keys_proxy(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> FaultProxy:
    """Put the table of the API keys behind a proxy; return that."""
    monkeypatch.setattr(ApiKey.Meta, "host", proxy.url)
    monkeypatch.setattr(ApiKey, "_connection", None)
    return proxy


@pytest.fixture
def client(engine: Engine, configure: Callable[..., None]) -> FlaskClient:
    """Return a client of the app, which requires API keys."""
    configure(require_auth=True)
    return create_app().test_client()


@pytest.fixture
def reader(client: FlaskClient, tenant: str) -> Reader:
    """Return a reader with an API key of the tenant."""
    return Reader(client, tenant, "read")
