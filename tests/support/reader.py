"""HTTP client that reads with an API key."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import ApiKey, ApiKeyText, Tenant


class Reader:
    """Client with an API key.

    Args:
        client: of the app.
        tenant_id: of the key; the tenant is made if missing.
        scopes: of the key.
    """

    def __init__(self, client: FlaskClient, tenant_id: str, *scopes: str) -> None:
        self._client = client
        self.tenant_id = tenant_id
        if Tenant.get_or_none(tenant_id) is None:
            Tenant.add(tenant_id, tenant_id)
        self.key: ApiKeyText = ApiKey.add(tenant_id, scopes or ["read"])

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> TestResponse:
        """Send a GET with the key, and other headers unchanged."""
        named = {"Authorization": f"Bearer {self.key}"} | (headers or {})
        return self._client.get(path, query_string=query or None, headers=named)

    def refused(self, status: int, code: str, path: str, **query: Any) -> str:
        """Check that a request gets this problem, and return the detail."""
        return problem(self.get(path, **query), status, code)


def problem(answer: TestResponse, status: int, code: str) -> str:
    assert answer.content_type == "application/problem+json", answer.text
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    detail: str = answer.json["detail"]
    return detail
