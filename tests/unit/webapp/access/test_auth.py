"""Authentication by API keys of the table, in every header."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from foundation.timestamps import get_timestamp
from local.engine import Engine
from models import ApiKey, ApiKeyText
from tests.support.fault_proxy import FaultProxy
from tests.support.waiting import wait_for
from webapp.access.auth import authenticate
from webapp.http import problems, request_ids

Configure = Callable[..., None]


@pytest.fixture
def client(configure: Configure) -> FlaskClient:
    """Return a client of a small app that shows its caller.

    The header X-Protocol-Key stands for the place of a protocol's own.
    """
    configure(require_auth=True)
    app = Flask(__name__)
    request_ids.init_app(app)
    problems.init_app(app)

    @app.get("/<scope>")
    def who(scope: str) -> dict[str, object]:
        caller = authenticate(scope, request.headers.get("X-Protocol-Key"), None)
        return {"tenant_id": caller.tenant_id, "scopes": sorted(caller.scopes), "key_id": caller.key_id}

    return app.test_client()


def ask(client: FlaskClient, key: object = None, scope: str = "ingest", **headers: str) -> TestResponse:
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    return client.get(f"/{scope}", headers={name.replace("_", "-"): value for name, value in headers.items()})


def refused(answer: TestResponse, status: int, code: str) -> bool:
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert len(answer.json["detail"]) > 20
    return True


def test_an_api_key_authenticates_the_tenant_with_the_scopes(client: FlaskClient, tenant: str) -> None:
    key = ApiKey.add(tenant, ["read", "ingest"])

    answer = ask(client, key)

    assert answer.status_code == 200
    assert answer.json == {"tenant_id": tenant, "scopes": ["ingest", "read"], "key_id": key.key_id}


def test_an_api_key_is_found_in_every_header_and_beside_a_foreign_token(client: FlaskClient, tenant: str) -> None:
    key = str(ApiKey.add(tenant, ["ingest"]))

    assert ask(client, X_API_Key=key).status_code == 200
    assert ask(client, X_Protocol_Key=key).status_code == 200
    assert ask(client, Authorization=f"bearer  {key} ").status_code == 200
    assert ask(client, key, X_API_Key=key).status_code == 200
    # A gateway may have a token of its own in the other place, or a login.
    assert ask(client, "a.jwt.of-somebody", X_API_Key=key).status_code == 200
    assert ask(client, Authorization="Basic dTpw", X_API_Key=key).status_code == 200


def test_two_different_api_keys_are_rejected(client: FlaskClient, tenant: str) -> None:
    answer = ask(client, ApiKey.add(tenant, ["ingest"]), X_API_Key=str(ApiKey.add(tenant, ["ingest"])))

    assert refused(answer, 401, "key_ambiguous")


def test_a_request_without_an_api_key_is_401_key_missing(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Basic dTpw"}, {"Authorization": "Bearer "}, {"X_API_Key": ""}):
        answer = ask(client, **headers)
        assert refused(answer, 401, "key_missing")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_unknown_or_damaged_api_key_is_401_and_never_echoed(client: FlaskClient, tenant: str) -> None:
    key = str(ApiKey.add(tenant, ["ingest"]))
    made_up = ApiKeyText.generate()

    for wrong in (made_up, key[:-1], key + "a", key[:-1] + ("b" if key[-1] == "a" else "a"), key.upper(), "slk_", "x"):
        answer = ask(client, wrong)
        assert refused(answer, 401, "key_invalid")
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert str(wrong) not in answer.text


def test_an_api_key_with_the_secret_from_another_is_rejected(client: FlaskClient, tenant: str) -> None:
    one, other = ApiKey.add(tenant, ["ingest"]), ApiKey.add(tenant, ["ingest"])

    assert refused(ask(client, one._replace(secret=other.secret)), 401, "key_invalid")


def test_an_api_key_can_do_only_what_the_scopes_allow(client: FlaskClient, tenant: str) -> None:
    reading, ruling = ApiKey.add(tenant, ["read", "read:original"]), ApiKey.add(tenant, ["admin"])

    assert ask(client, reading, "read:original").status_code == 200
    assert ask(client, ruling, "admin").status_code == 200
    answer = ask(client, reading, "ingest")
    assert refused(answer, 403, "scope_missing")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="ingest"'
    assert refused(ask(client, ruling, "read"), 403, "scope_missing")


def test_a_revoked_api_key_stops_working_once_the_cached_row_is_old(
    client: FlaskClient, tenant: str, configure: Configure
) -> None:
    configure(require_auth=True, key_cache_seconds=3600)
    key = ApiKey.add(tenant, ["ingest"])
    assert ask(client, key).status_code == 200

    ApiKey.revoke(key.key_id)
    assert ask(client, key).status_code == 200

    configure(require_auth=True, key_cache_seconds=1)
    answer = wait_for("a refusal", lambda: (answer := ask(client, key)).status_code != 200 and answer)
    assert refused(answer, 401, "key_revoked")


def test_an_expired_api_key_is_rejected_and_a_lasting_one_is_not(client: FlaskClient, tenant: str) -> None:
    key = ApiKey.add(tenant, ["ingest"], timedelta(seconds=2))
    lasting = ApiKey.add(tenant, ["ingest"], timedelta(days=1))

    # It is in the cache long before it expires or not, as the machine likes.
    answer = wait_for("a refusal", lambda: (answer := ask(client, key)).status_code != 200 and answer)

    assert refused(answer, 401, "key_expired")
    assert ask(client, lasting).status_code == 200


def test_a_new_api_key_works_soon_although_it_was_cached_as_missing(
    client: FlaskClient, tenant: str, configure: Configure
) -> None:
    key = ApiKey.add(tenant, ["ingest"])
    row = ApiKey.get_or_none(key.key_id)
    assert row is not None
    row.delete()
    assert refused(ask(client, key), 401, "key_invalid")
    row.save()

    wait_for("the key", lambda: ask(client, key).status_code == 200)


def test_where_no_api_key_is_required_an_anonymous_caller_may_send_and_read(
    client: FlaskClient, tenant: str, configure: Configure
) -> None:
    configure(require_auth=False)
    nobody = {"tenant_id": None, "scopes": ["ingest", "read"], "key_id": None}

    assert ask(client).json == nobody
    assert ask(client, "what-a-client-must-send").json == nobody
    for scope in ("read:original", "admin"):
        assert refused(ask(client, scope=scope), 401, "key_missing")
    # Who sends a key wants it to be checked.
    assert refused(ask(client, ApiKeyText.generate()), 401, "key_invalid")
    assert refused(ask(client, "slk_half-of-one"), 401, "key_invalid")
    key = ApiKey.add(tenant, ["ingest"])
    assert ask(client, key).json == {"tenant_id": tenant, "scopes": ["ingest"], "key_id": key.key_id}


def test_an_anonymous_caller_does_not_read_from_real_aws(client: FlaskClient, configure: Configure) -> None:
    configure(require_auth=False, engine_credentials=None)

    assert ask(client).status_code == 200
    assert refused(ask(client, scope="read"), 401, "key_missing")


def last_used(key: ApiKeyText) -> str | None:
    row = ApiKey.get_or_none(key.key_id)
    assert row is not None
    return row.last_used_at


def test_the_last_use_is_stored_at_most_once_a_minute(client: FlaskClient, tenant: str, configure: Configure) -> None:
    configure(require_auth=True, key_cache_seconds=0)
    key = ApiKey.add(tenant, ["ingest"])
    assert refused(ask(client, key._replace(secret="a" * 43)), 401, "key_invalid")
    assert last_used(key) is None

    before = get_timestamp()
    assert ask(client, key).status_code == 200
    first = last_used(key)
    assert first is not None
    assert before <= first <= get_timestamp()

    # As if the uses had been longer ago: one that is less than a minute old stays, an older one goes.
    recent, old = get_timestamp(-timedelta(seconds=30)), get_timestamp(-timedelta(seconds=90))
    ApiKey(key.key_id).update([ApiKey.last_used_at.set(recent)])
    assert ask(client, key).status_code == 200
    assert last_used(key) == recent
    ApiKey(key.key_id).update([ApiKey.last_used_at.set(old)])
    assert ask(client, key).status_code == 200
    assert (last_used(key) or "") >= first


def test_cached_api_keys_serve_while_dynamodb_is_down(
    client: FlaskClient, tenant: str, engine: Engine, configure: Configure, caplog: pytest.LogCaptureFixture
) -> None:
    configure(require_auth=True, key_cache_seconds=0, retry_after_seconds=1)
    key, never_seen, revoked = (ApiKey.add(tenant, ["ingest"]) for _ in range(3))
    ApiKey.revoke(revoked.key_id)
    assert ask(client, key).status_code == 200
    assert refused(ask(client, revoked), 401, "key_revoked")

    engine.stop()
    try:
        for _ in range(3):
            assert ask(client, key).status_code == 200
            assert refused(ask(client, revoked), 401, "key_revoked")
            assert refused(ask(client, key._replace(secret="a" * 43)), 401, "key_invalid")
            answer = ask(client, never_seen)
            assert refused(answer, 503, "auth_unavailable")
            assert int(answer.headers["Retry-After"]) > 0
        configure(require_auth=True, key_cache_seconds=0, retry_after_seconds=1, key_grace_seconds=0)
        assert refused(ask(client, key), 503, "auth_unavailable")
    finally:
        engine.start()

    wait_for("a key that was never seen", lambda: ask(client, never_seen).status_code == 200)
    assert ask(client, key).status_code == 200
    lines = [
        record.getMessage()
        for record in caplog.records
        if "reading table" in record.getMessage() and "fails" in record.getMessage()
    ]
    assert len(lines) == 1
    assert not any(text.secret in caplog.text for text in (key, never_seen, revoked))


def test_a_request_succeeds_although_the_last_use_can_not_be_stored(
    client: FlaskClient, tenant: str, api_keys_proxy: FaultProxy
) -> None:
    key = ApiKey.add(tenant, ["ingest"])
    api_keys_proxy.status(403, "AccessDeniedException", "UpdateItem")

    assert ask(client, key).status_code == 200
    assert ask(client, key).status_code == 200

    assert api_keys_proxy.calls["UpdateItem"] == 1
    assert last_used(key) is None


def test_a_cached_api_key_costs_no_call(client: FlaskClient, tenant: str, api_keys_proxy: FaultProxy) -> None:
    key, unknown = ApiKey.add(tenant, ["ingest"]), ApiKeyText.generate()
    api_keys_proxy.calls.clear()

    for _ in range(10):
        assert ask(client, key).status_code == 200
        assert refused(ask(client, key._replace(secret="a" * 43)), 401, "key_invalid")
    assert api_keys_proxy.calls == {"GetItem": 1, "UpdateItem": 1}
    assert refused(ask(client, unknown), 401, "key_invalid")
    assert refused(ask(client, unknown), 401, "key_invalid")
    assert api_keys_proxy.calls["GetItem"] == 2


def test_api_keys_are_never_logged(client: FlaskClient, tenant: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key, unknown = ApiKey.add(tenant, ["ingest"]), ApiKeyText.generate()
    caplog.clear()

    ask(client, key)
    ask(client, unknown)
    ask(client, str(key)[:-1])

    assert key.secret[:-1] not in caplog.text
    assert unknown.secret not in caplog.text
    assert key.secret not in f"{key!r} {[key]}"
