"""Renewing credentials: a failure is an outage, logged once."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import CredentialRetrievalError

from broker.transport import credentials as module

VALID = timedelta(hours=1)
EXPIRES_SOON = timedelta(minutes=12)
EXPIRED = timedelta(minutes=-1)


@pytest.fixture(autouse=True)
def patched(monkeypatch: pytest.MonkeyPatch) -> None:
    module.patch_botocore()
    # No test takes so long that the endpoint would be asked again.
    monkeypatch.setattr(module, "RENEW_AGAIN_SECONDS", 3600.0)


class Endpoint:
    """An endpoint that hands out keys with a lifetime, or fails.

    Attributes:
        lifetime: None fails.
        calls: how often keys were asked for.
    """

    def __init__(self, lifetime: timedelta | None) -> None:
        self.lifetime = lifetime
        self.calls = 0

    def get_keys(self) -> dict[str, str]:
        self.calls += 1
        if self.lifetime is None:
            raise CredentialRetrievalError(provider="test", error_msg="endpoint is down")
        return build_keys(self.lifetime)


def build_keys(lifetime: timedelta) -> dict[str, str]:
    expires = datetime.now(UTC) + lifetime
    return {"access_key": "id", "secret_key": "secret", "token": "token", "expiry_time": expires.isoformat()}


Create = Callable[[timedelta, Endpoint], RefreshableCredentials]


@pytest.fixture
def create() -> Create:
    """Create credentials with a lifetime, that an endpoint renews."""
    return lambda lifetime, endpoint: RefreshableCredentials.create_from_metadata(
        build_keys(lifetime), endpoint.get_keys, "test"
    )


def test_expired_credentials_are_renewed(create: Create) -> None:
    endpoint = Endpoint(VALID)
    credentials = create(EXPIRED, endpoint)

    assert credentials.get_frozen_credentials().access_key == "id"
    assert credentials.get_frozen_credentials().access_key == "id"
    assert endpoint.calls == 1


def test_a_failed_renewal_is_not_tried_again_at_once(create: Create, caplog: pytest.LogCaptureFixture) -> None:
    endpoint = Endpoint(None)
    credentials = create(EXPIRED, endpoint)

    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            with pytest.raises(CredentialRetrievalError):
                credentials.get_frozen_credentials()

    assert endpoint.calls == 1
    assert caplog.text.count("renewing AWS credentials fails (CredentialRetrievalError)") == 1


def test_keys_that_have_expired_already_are_an_error_that_callers_know(create: Create) -> None:
    credentials = create(EXPIRED, Endpoint(EXPIRED))

    with pytest.raises(CredentialRetrievalError, match="still expired"):
        credentials.get_frozen_credentials()


def test_credentials_that_expire_soon_serve_while_they_can_not_be_renewed(
    create: Create, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = Endpoint(None)
    credentials = create(EXPIRES_SOON, endpoint)

    with caplog.at_level(logging.WARNING):
        assert credentials.get_frozen_credentials().access_key == "id"
        assert credentials.get_frozen_credentials().access_key == "id"

    assert endpoint.calls == 1
    assert caplog.text.count("renewing AWS credentials fails (they expire soon)") == 1


def test_a_renewal_that_works_again_is_logged(
    create: Create, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = Endpoint(None)
    credentials = create(EXPIRED, endpoint)
    with caplog.at_level(logging.WARNING):
        with pytest.raises(CredentialRetrievalError):
            credentials.get_frozen_credentials()
        monkeypatch.setattr(module, "RENEW_AGAIN_SECONDS", 0.0)
        endpoint.lifetime = VALID
        credentials.get_frozen_credentials()

    assert "renewing AWS credentials works again after 1 failure" in caplog.text
