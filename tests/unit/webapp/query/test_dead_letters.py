"""/failures on the real queue, for API keys with the scope admin."""

import threading
import uuid

import pytest
from flask.testing import FlaskClient

from broker.failures.dead_letter import DeadLetter
from broker.failures.failure_queue import FailureQueue
from models import ApiKey, Tenant
from tests.support.failure_queue import fail, in_redact, put, visible
from webapp import create_app
from webapp.query import dead_letters

app = create_app()
pytestmark = pytest.mark.usefixtures("empty_failure_queue")


@pytest.fixture
def client() -> FlaskClient:
    return app.test_client()


def key_for(tenant: str, *scopes: str) -> dict[str, str]:
    if Tenant.get_or_none(tenant) is None:
        Tenant.add(tenant, "a tenant")
    return {"X-API-Key": str(ApiKey.add(tenant, scopes))}


def another_tenants_dead_letter(tenant: str) -> DeadLetter:
    with FailureQueue() as letters:
        return next(letter for letter in letters if letter.tenant_id != tenant)


def test_a_tenant_sees_and_changes_only_own_dead_letters(client: FlaskClient, tenant: str) -> None:
    fail(tenant, "a")
    fail(f"other-{uuid.uuid4().hex}", "b")
    put("QUOKKA is nobody's")
    mine = key_for(tenant, "admin")
    other = another_tenants_dead_letter(tenant)

    answer = client.get("/failures", headers=mine).get_json()

    (shown,) = answer["failures"]
    assert answer["complete"] is True
    assert shown["log_ids"] == ["a"]
    assert client.get(f"/failures/{other.id}", headers=mine).status_code == 404
    assert client.get(f"/failures/{shown['id']}", headers=mine).get_json()["reason"] == "conflict"
    for path in ("/failures/redrive", "/failures/discard"):
        for dead_letter_id in (other.id, other.message_id):
            assert client.post(path, json={"ids": [dead_letter_id]}, headers=mine).get_json()["messages"] == 0
        assert client.post(path, json={"all": True, "dry_run": True}, headers=mine).get_json() == {
            "messages": 1,
            "cannot_run": 0,
            "refused": 0,
            "complete": True,
        }
        assert client.post(path, json={}, headers=mine).status_code == 422
        assert client.post(path, data=b"[", headers=mine).status_code == 400
    assert visible() == 3


@pytest.mark.parametrize("path", ["/failures/redrive", "/failures/discard"])
def test_a_changed_dead_letter_takes_the_copies_along(client: FlaskClient, tenant: str, path: str) -> None:
    for log_id in ("a", "a", "b"):
        fail(tenant, log_id)
    mine = key_for(tenant, "admin")

    (dead_letter_id,) = (
        each["id"] for each in client.get("/failures", headers=mine).get_json()["failures"] if "a" in each["log_ids"]
    )

    assert client.post(path, json={"ids": [dead_letter_id]}, headers=mine).get_json()["messages"] == 1
    (left,) = client.get("/failures", headers=mine).get_json()["failures"]
    assert left["log_ids"] == ["b"]
    assert len(in_redact()) == (path == "/failures/redrive")


def test_dead_letters_need_the_scope_admin(client: FlaskClient, tenant: str) -> None:
    assert client.get("/failures").status_code == 401
    assert client.get("/failures", headers=key_for(tenant, "ingest", "read")).status_code == 403


def test_an_incomplete_response_is_marked(client: FlaskClient, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for log_id in ("a", "b", "c"):
        fail(tenant, log_id)
    mine = key_for(tenant, "admin")

    with FailureQueue() as letters:
        next(iter(letters))
        assert client.get("/failures", headers=mine).get_json()["complete"] is False
    monkeypatch.setattr(dead_letters, "MAX_SHOWN", 2)
    answer = client.get("/failures", headers=mine).get_json()
    assert (len(answer["failures"]), answer["complete"]) == (2, False)
    monkeypatch.setattr(dead_letters, "READ_SECONDS", 0)
    assert client.post("/failures/redrive", json={"all": True}, headers=mine).get_json() == {
        "messages": 0,
        "cannot_run": 0,
        "refused": 0,
        "complete": False,
    }
    assert visible() == 3


def test_concurrent_readers_each_see_all_dead_letters(client: FlaskClient, tenant: str) -> None:
    for number in range(60):
        fail(tenant, str(number))
    mine = key_for(tenant, "admin")
    counts = []

    def ask() -> None:
        answer = app.test_client().get("/failures", headers=mine).get_json()
        counts.append((len(answer["failures"]), answer["complete"]))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counts == [(60, True)] * 3


def test_a_reader_that_waits_too_long_gets_503_with_retry_after(
    client: FlaskClient, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "WAIT_SECONDS", 0.01)
    mine = key_for(tenant, "admin")

    with dead_letters._reading:
        answer = client.get("/failures", headers=mine)

    assert (answer.status_code, answer.get_json()["code"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 0
