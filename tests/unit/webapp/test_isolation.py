"""Ways to another tenant's data, which all end in nothing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import SCOPES, AccessRecord, Counts, LogRecord, TenantActivity, TenantPolicy, TenantRequired, Verdict
from tests.support.failure_queue import fail, held
from tests.support.reader import Reader, problem

MARKER = "QUOKKA"
HOUR = timedelta(hours=1)
NOW = datetime.now(UTC)


@pytest.fixture
def mine(client: FlaskClient, tenant: str) -> Reader:
    """Return the tenant that tries, with an API key of all scopes."""
    return Reader(client, tenant, *SCOPES)


@pytest.fixture
def theirs(client: FlaskClient, tenant: str) -> Reader:
    """Return the other tenant, with logs, counts and a dead letter."""
    owner = Reader(client, f"{tenant}-2", *SCOPES)
    log_ids = ("shared", f"{tenant}#0", "a/b", "019c12b8-1f00-7000-8000-000000000001")
    assert LogRecord.insert([_log(owner.tenant_id, log_id, MARKER) for log_id in log_ids]) == [Verdict.STORED] * 4
    TenantActivity.add(owner.tenant_id, NOW, Counts(stored=4_242))
    fail(owner.tenant_id, "dead", text=MARKER)
    return owner


def _log(tenant: str, log_id: str, text: str) -> LogRecord:
    moment = NOW.isoformat()
    return LogRecord(tenant_id=tenant, log_id=log_id, original_text=text, modified_text=text, processed_at=moment)


def outside(answer: TestResponse) -> tuple[Any, ...]:
    """Return all that a client can see of a response."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "Date")
    return answer.status_code, headers, answer.get_data()


def refused(answer: TestResponse, *statuses: int) -> bool:
    """Check for a problem document without the other tenant's data."""
    assert answer.status_code in statuses, answer.text
    assert answer.content_type == "application/problem+json"
    assert MARKER not in answer.text + str(answer.headers)
    return True


READING_PATHS = ("/logs", "/logs?since=1h", "/logs/shared", "/logs/shared?original=true", "/activity")


def test_a_body_that_names_another_tenant_is_403(mine: Reader, theirs: Reader, client: FlaskClient) -> None:
    log = {"tenant_id": theirs.tenant_id, "log_id": "planted", "text": "planted"}
    for body in (log, [log], {"tenant_id": theirs.tenant_id, "logs": [{"text": "planted"}]}):
        answer = client.post("/ingest", json=body, headers={"Authorization": f"Bearer {mine.key}"})
        problem(answer, 403, "tenant_mismatch")
        assert refused(answer, 403)


@pytest.mark.parametrize("path", READING_PATHS)
def test_a_header_that_names_another_tenant_is_rejected(
    mine: Reader, theirs: Reader, client: FlaskClient, path: str
) -> None:
    named = {"x-tenant-id": theirs.tenant_id}

    assert refused(mine.get(path, headers=named), 403)
    assert refused(client.get(path, headers=named), 401)
    headers = named | {"Authorization": f"Bearer {mine.key}"}
    assert refused(client.post("/ingest", data="planted", content_type="text/plain", headers=headers), 403)


@pytest.mark.parametrize("path", ["/logs", "/logs/shared", "/activity"])
@pytest.mark.parametrize("name", ["tenant_id", "tenant", "x-tenant-id"])
def test_a_query_that_names_another_tenant_is_400(mine: Reader, theirs: Reader, path: str, name: str) -> None:
    assert refused(mine.get(path, **{name: theirs.tenant_id}), 400)


def test_another_tenants_cursor_looks_like_garbage(mine: Reader, theirs: Reader) -> None:
    LogRecord.insert([_log(mine.tenant_id, f"{number}", "mine") for number in range(3)])
    for query in ({}, {"since": "1h"}, {"order": "asc"}):
        page = theirs.get("/logs", limit=1, **query)
        assert page.json is not None
        cursor = page.json["cursor"]

        tried = mine.get("/logs", {"X-Request-Id": "r"}, cursor=cursor, **query)
        # What they could have made up themselves.
        garbage = mine.get("/logs", {"X-Request-Id": "r"}, cursor="A" * len(cursor), **query)

        assert refused(tried, 400)
        assert outside(tried) == outside(garbage)


@pytest.mark.parametrize("original", ["true", "false"])
def test_another_tenants_log_ids_look_unknown(mine: Reader, theirs: Reader, original: str) -> None:
    shown = theirs.get("/logs").json
    assert shown is not None
    guesses = [log["log_id"] for log in shown["logs"]]
    assert len(guesses) == 4

    for log_id in (*guesses, f"{theirs.tenant_id}/shared", f"../{theirs.tenant_id}/shared"):
        path = "/logs/" + log_id.replace("#", "%23")
        tried = mine.get(path, {"X-Request-Id": "r"}, original=original)
        nobodys = mine.get("/logs/nobodys", {"X-Request-Id": "r"}, original=original)

        assert refused(tried, 404)
        assert outside(tried) == outside(nobodys)
    assert accesses(mine) == accesses(theirs) == []


def test_an_id_that_two_tenants_have_shows_the_callers_log(mine: Reader, theirs: Reader) -> None:
    LogRecord.insert([_log(mine.tenant_id, "shared", "mine")])

    own = mine.get("/logs/shared").json
    assert own is not None
    assert own["modified_text"] == "mine"
    page = mine.get("/logs", since="1h").json
    assert page is not None
    assert [log["modified_text"] for log in page["logs"]] == ["mine"]


@pytest.mark.parametrize("path", READING_PATHS)
def test_half_an_api_key_and_two_api_keys_are_401(mine: Reader, theirs: Reader, client: FlaskClient, path: str) -> None:
    half = theirs.key._replace(secret=mine.key.secret)
    unknown = theirs.key._replace(key_id="a" * 16)

    def with_key(key: object) -> TestResponse:
        return client.get(path, headers={"Authorization": f"Bearer {key}", "X-Request-Id": "r"})

    assert refused(with_key(half), 401)
    assert outside(with_key(half)) == outside(with_key(unknown))
    assert refused(mine.get(path, headers={"X-API-Key": str(theirs.key)}), 401)


@pytest.mark.parametrize("path", READING_PATHS)
def test_an_api_key_with_another_tenants_name_is_403(mine: Reader, theirs: Reader, path: str) -> None:
    assert refused(theirs.get(path, headers={"x-tenant-id": mine.tenant_id}), 403)


def test_another_tenants_policy_has_no_path(mine: Reader, theirs: Reader) -> None:
    TenantPolicy.put(theirs.tenant_id, json.dumps({"allow": [MARKER]}))

    for path in (
        "/policy",
        f"/policy/{theirs.tenant_id}",
        f"/tenants/{theirs.tenant_id}",
        f"/keys/{theirs.key.key_id}",
    ):
        assert refused(mine.get(path), 404)
    # What signs their cursors and makes their hashes is theirs alone.
    assert TenantPolicy.get_secret(mine.tenant_id) != TenantPolicy.get_secret(theirs.tenant_id)


def test_another_tenants_activity_is_not_shown(mine: Reader, theirs: Reader) -> None:
    answer = mine.get("/activity")

    assert answer.json is not None
    assert answer.json["minutes"] == []
    assert "4242" in theirs.get("/activity").text
    assert refused(mine.get("/activity", headers={"x-tenant-id": theirs.tenant_id}), 403)


def test_another_tenants_dead_letters_look_unknown_and_stay(mine: Reader, theirs: Reader, client: FlaskClient) -> None:
    (letter,) = held(theirs.tenant_id)
    headers = {"Authorization": f"Bearer {mine.key}"}

    listed = mine.get("/failures")
    tried = mine.get(f"/failures/{letter.message_id}", {"X-Request-Id": "r"})
    nobodys = mine.get("/failures/00000000-0000-4000-8000-000000000000", {"X-Request-Id": "r"})

    assert listed.json == {"failures": [], "complete": True}
    assert refused(tried, 404)
    assert outside(tried) == outside(nobodys)
    for change in ("redrive", "discard"):
        for chosen in ({"ids": [letter.message_id]}, {"all": True}, {"reason": "conflict"}):
            done = client.post(f"/failures/{change}", json=chosen, headers=headers).json
            assert done == {"messages": 0, "cannot_run": 0, "refused": 0, "complete": True}
    assert [dead_letter.message_id for dead_letter in held(theirs.tenant_id)] == [letter.message_id]


def test_another_tenants_access_records_have_no_path(mine: Reader, theirs: Reader) -> None:
    assert MARKER in theirs.get("/logs/shared", original="true").text

    assert len(accesses(theirs)) == 1
    assert accesses(mine) == []
    for path in ("/access", "/accesses", f"/accesses/{theirs.tenant_id}", "/access_records"):
        assert refused(mine.get(path), 404)


def accesses(reader: Reader) -> list[AccessRecord]:
    return list(AccessRecord.between(reader.tenant_id, NOW - HOUR, NOW + HOUR))


@pytest.mark.parametrize("model", [LogRecord, TenantActivity, AccessRecord])
def test_models_refuse_to_read_without_a_tenant(model: Any) -> None:
    with pytest.raises(TenantRequired):
        model.scan()
    with pytest.raises(TenantRequired):
        model.count()


def test_a_tenant_id_that_names_an_index_partition_is_400(
    client: FlaskClient, theirs: Reader, configure: Callable[..., None]
) -> None:
    configure(require_auth=False)

    assert refused(client.get("/logs", headers={"x-tenant-id": f"{theirs.tenant_id}#0"}), 400)
