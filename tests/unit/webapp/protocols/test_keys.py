"""API keys as each protocol's clients send them."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import ApiKey, Limits, Tenant
from tests.support.protocol_requests import REQUESTS

Configure = Callable[..., None]
LONG = 3600
SUCCESS = {"Loki": 204, "Datadog": 202}


@pytest.fixture(autouse=True)
def only_with_a_key(configure: Configure) -> None:
    configure(require_auth=True, key_cache_seconds=0)


def basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def ways(protocol: str, key: str) -> list[dict[str, str]]:
    """Return the headers in which a protocol's clients send an API key."""
    everywhere = [{"Authorization": f"Bearer {key}"}, {"X-API-Key": key}]
    logins = [{"Authorization": basic("anybody", key)}, {"Authorization": basic(key, "")}]
    match protocol:
        case "OTLP" | "Loki":
            return everywhere + logins
        case "Splunk" | "Splunk's lines":
            return [*everywhere, *logins, {"Authorization": f"Splunk {key}"}]
        case "Elasticsearch":
            api_key = base64.b64encode(f"my-id:{key}".encode()).decode()
            return [
                *everywhere,
                *logins,
                {"Authorization": f"ApiKey {api_key}"},
                {"Authorization": f"ApiKey {key}"},
            ]
        case "Datadog":
            return [*everywhere, {"DD-API-KEY": key}]
    return everywhere


def post(
    client: FlaskClient, protocol: str, headers: dict[str, str], query: str = "", padding: bytes = b""
) -> TestResponse:
    path, content_type, body = REQUESTS[protocol]
    answer = client.post(path + query, data=body + padding, content_type=content_type, headers=headers)
    assert "QUOKKA" not in answer.text
    assert answer.mimetype != "application/problem+json"
    return answer


@pytest.mark.parametrize("protocol", REQUESTS)
def test_every_way_to_send_an_api_key_is_accepted(
    client: FlaskClient, tenant: str, queued: Callable[[], list[dict[str, Any]]], protocol: str
) -> None:
    Tenant.add(tenant, tenant)
    key = str(ApiKey.add(tenant, ["ingest"]))

    for headers in ways(protocol, key):
        answer = post(client, protocol, headers)
        assert answer.status_code == SUCCESS.get(protocol, 200), headers
        assert b"partialSuccess" not in answer.data

    assert [log["text"] for log in queued()] == ["QUOKKA"] * len(ways(protocol, key))


def test_datadogs_api_key_may_be_in_the_query(client: FlaskClient, tenant: str, texts: Callable[[], list[Any]]) -> None:
    Tenant.add(tenant, tenant)
    key = str(ApiKey.add(tenant, ["ingest"]))

    assert post(client, "Datadog", {}, f"?dd-api-key={key}").status_code == 202
    assert client.get("/api/v1/validate", headers={"DD-API-KEY": key}).json == {"valid": True}
    assert client.get("/api/v1/validate", headers={"DD-API-KEY": key + "x"}).status_code == 403
    assert texts() == ["QUOKKA"]


@pytest.mark.parametrize("protocol", REQUESTS)
def test_a_request_without_an_api_key_is_refused(client: FlaskClient, engine: object, protocol: str) -> None:
    answer = post(client, protocol, {"x-tenant-id": "somebody"})

    assert answer.status_code == 401
    if protocol.startswith("Splunk"):
        assert answer.json is not None
        assert (answer.json["text"], answer.json["code"]) == ("Token is required", 2)


@pytest.mark.parametrize("protocol", REQUESTS)
@pytest.mark.parametrize("wrong", ["unknown", "not a key", "revoked"])
def test_a_wrong_api_key_is_refused(client: FlaskClient, tenant: str, protocol: str, wrong: str) -> None:
    text = ApiKey.add(tenant, ["ingest"])
    key = {"unknown": str(text)[:-1] + "~", "not a key": "token", "revoked": str(text)}[wrong]
    ApiKey.revoke(text.key_id)

    for headers in ways(protocol, key):
        answer = post(client, protocol, headers)
        assert answer.status_code == (403 if protocol.startswith(("Splunk", "Datadog")) else 401), headers
        if protocol.startswith("Splunk"):
            assert answer.json is not None
            assert (answer.json["text"], answer.json["code"]) == ("Invalid token", 4)


@pytest.mark.parametrize("protocol", REQUESTS)
def test_an_api_key_without_the_scope_is_refused(client: FlaskClient, tenant: str, protocol: str) -> None:
    key = str(ApiKey.add(tenant, ["read"]))

    assert post(client, protocol, {"X-API-Key": key}).status_code == 403


@pytest.mark.parametrize("protocol", REQUESTS)
def test_another_tenant_than_the_api_keys_is_refused(client: FlaskClient, tenant: str, protocol: str) -> None:
    key = str(ApiKey.add(tenant, ["ingest"]))
    header = "X-Scope-OrgID" if protocol == "Loki" else "x-tenant-id"

    assert post(client, protocol, {"X-API-Key": key, header: "somebody-else"}).status_code == 403


@pytest.mark.parametrize("protocol", REQUESTS)
def test_a_suspended_tenant_is_refused(client: FlaskClient, tenant: str, protocol: str) -> None:
    key = str(ApiKey.add(tenant, ["ingest"]))
    Tenant.add(tenant, tenant)
    Tenant.set_suspended(tenant, True)

    answer = post(client, protocol, {"X-API-Key": key})

    assert answer.status_code == 403
    if protocol.startswith("Splunk"):
        assert answer.json is not None
        assert (answer.json["text"], answer.json["code"]) == ("Token disabled", 1)


@pytest.mark.parametrize("protocol", REQUESTS)
def test_a_request_over_a_limit_is_refused(client: FlaskClient, tenant: str, protocol: str) -> None:
    Tenant.add(tenant, tenant, Limits(bytes_per_second=1, burst_seconds=LONG))
    key = str(ApiKey.add(tenant, ["ingest"]))

    # More than the burst: one is taken, or two at the very end of a window of the clock.
    answers = [post(client, protocol, {"X-API-Key": key}, padding=b"\n" + b" " * LONG) for _ in range(3)]

    assert answers[0].status_code < 300
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    if protocol.startswith("Splunk"):
        assert answers[-1].json is not None
        assert (answers[-1].json["text"], answers[-1].json["code"]) == ("Server is busy", 9)
