"""`flask failures …` and /failures, on the real queue."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask.testing import FlaskClient

from broker import dead_letters
from broker.dead_letters import UNREADABLE, WORKER_DIED, DeadLetters
from broker.queues import queue_url, sqs_client
from local.engine import Engine
from models import ApiKey, Tenant
from tasks import app as celery_app
from tasks.failures import Reason
from tests.failure_queue import fail, held
from topology import FAILURES_QUEUE, REDACT_QUEUE
from webapp import create_app

app = create_app()


def run(*arguments: str, confirm: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["failures", *arguments], input=confirm)


@pytest.fixture(autouse=True)
def nothing_else(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # The engine is one server; SQS is many, and each is asked for a while.
    monkeypatch.setattr(dead_letters, "QUIET_SECONDS", 0.2)
    purge()
    yield
    purge()


def purge() -> None:
    sqs = sqs_client()
    for queue in (FAILURES_QUEUE, REDACT_QUEUE):
        sqs.purge_queue(QueueUrl=queue_url(sqs, queue))


def test_list_shows_all_but_the_text(tenant: str) -> None:
    fail(tenant, "a", "b")
    fail(f"{tenant}-2", "c", reason=Reason.NOT_REDACTED)

    everything = run("list")
    mine = run("list", "--tenant", tenant, "--json")

    assert everything.exit_code == 0, everything.output
    assert "2 messages" in everything.output
    shown = json.loads(mine.stdout)
    assert shown["age_seconds"] > 0
    assert shown["message_id"] in everything.output
    assert {name: shown[name] for name in ("reason", "tenant_id", "request_id", "origin_queue", "attempts")} == {
        "reason": "conflict",
        "tenant_id": tenant,
        "request_id": "r-1",
        "origin_queue": "redact",
        "attempts": 3,
    }
    assert shown["log_ids"] == ["a", "b"]
    assert "QUOKKA" not in everything.output + mine.output
    assert json.loads(run("show", shown["message_id"]).stdout)["log_ids"] == ["a", "b"]


def test_a_list_gives_the_messages_back(tenant: str) -> None:
    for number in range(25):
        fail(tenant, str(number))

    for _ in range(2):
        assert len(run("list", "--tenant", tenant, "--json").stdout.splitlines()) == 25
    assert {letter.log_ids for letter in held(tenant)} == {(str(number),) for number in range(25)}


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--reason", "conflict"], 2),
        (["--reason", "not_storable"], 0),
        (["--since", "2026-01-31T12:00"], 3),
        (["--since", "2026-01-31T13:00:01+01:00"], 0),
    ],
)
def test_list_chooses(tenant: str, options: list[str], count: int) -> None:
    for reason in (Reason.CONFLICT, Reason.CONFLICT, Reason.NOT_REDACTED):
        fail(tenant, "x", reason=reason)

    assert len(run("list", "--json", *options).stdout.splitlines()) == count


def in_redact() -> list[dict[str, Any]]:
    sqs = sqs_client()
    url = queue_url(sqs, REDACT_QUEUE)
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in messages]
    return found


def test_redrive_puts_back_what_is_chosen(tenant: str) -> None:
    fail(tenant, "a")
    fail(tenant, "b", reason=Reason.NOT_REDACTED)

    assert "would put back 1 messages" in run("redrive", "--reason", "conflict", "--dry-run").output
    assert len(held(tenant)) == 2
    done = run("redrive", "--reason", "conflict")

    assert "1 messages are back" in done.output
    assert [letter.log_ids for letter in held(tenant)] == [("b",)]
    (back,) = in_redact()
    assert back["headers"]["retries"] == 0
    assert back["headers"]["tenant_id"] == tenant
    assert not {"reason", "failed_at", "origin_queue", "attempts"} & back["headers"].keys()


def test_what_is_no_message_of_ours_stays(tenant: str) -> None:
    sqs = sqs_client()
    sqs.send_message(QueueUrl=queue_url(sqs, FAILURES_QUEUE), MessageBody="QUOKKA")
    fail(tenant, "a")

    assert "1 messages are back" in run("redrive", "--all").output

    with DeadLetters() as letters:
        assert [letter.reason for letter in letters] == [UNREADABLE]
    assert UNREADABLE in run("stats").output


def test_what_sqs_moved_has_a_reason_too(tenant: str) -> None:
    payload = {"tenant_id": tenant, "request_id": "r", "logs": []}
    celery_app.signature("tasks.redact.redact", args=(payload,)).apply_async(queue=FAILURES_QUEUE)

    assert [letter.reason for letter in held(tenant)] == [WORKER_DIED]


def test_discard_asks_and_deletes(tenant: str) -> None:
    fail(tenant, "a")
    (letter,) = held(tenant)

    assert run("discard", "--id", letter.message_id, confirm="n\n").exit_code == 1
    assert len(held(tenant)) == 1
    assert "1 messages are deleted" in run("discard", "--id", letter.message_id, "--yes").output
    assert held(tenant) == []


def test_nothing_is_changed_without_a_choice(tenant: str) -> None:
    fail(tenant, "a")

    for command in ("redrive", "discard"):
        assert "say which" in run(command).output
    assert len(held(tenant)) == 1


def test_export_and_import(tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "failures.jsonl"
    fail(tenant, "a")
    fail(tenant, "b")

    assert "2 messages are in" in run("export", str(file), "--tenant", tenant).output
    assert len(held(tenant)) == 2
    run("discard", "--all", "--yes")
    assert held(tenant) == []
    assert "2 messages are in the failure queue" in run("import", str(file)).output

    assert sorted(letter.log_ids for letter in held(tenant)) == [("a",), ("b",)]
    assert {(letter.reason, letter.failed_at) for letter in held(tenant)} == {("conflict", "2026-01-31T12:00:00+00:00")}


def test_a_file_that_is_no_export_puts_nothing_in(tenant: str, tmp_path: Path) -> None:
    file = tmp_path / "failures.jsonl"
    file.write_text('{"body": "x"}\nQUOKKA\n')

    done = run("import", str(file))

    assert done.exit_code == 1
    assert "line 2" in done.output
    assert "QUOKKA" not in done.output
    with DeadLetters() as letters:
        assert list(letters) == []


def test_without_sqs_the_command_says_so(engine: Engine) -> None:
    engine.stop()
    try:
        done = run("list")
    finally:
        engine.start()

    assert done.exit_code == 1
    assert "SQS does not answer" in done.output


@pytest.fixture
def client() -> FlaskClient:
    return app.test_client()


def key_for(tenant: str, *scopes: str) -> dict[str, str]:
    if Tenant.of(tenant) is None:
        Tenant.add(tenant, "a tenant")
    return {"X-API-Key": str(ApiKey.add(tenant, scopes))}


def test_the_api_is_for_a_tenants_own(client: FlaskClient, tenant: str) -> None:
    fail(tenant, "a")
    fail(f"other-{uuid.uuid4().hex}", "b")
    mine = key_for(tenant, "admin")

    (shown,) = client.get("/failures", headers=mine).get_json()["failures"]
    assert shown["log_ids"] == ["a"]
    with DeadLetters() as letters:
        other = next(letter for letter in letters if letter.tenant_id != tenant)
    assert client.get(f"/failures/{other.message_id}", headers=mine).status_code == 404
    assert client.get(f"/failures/{shown['message_id']}", headers=mine).get_json()["reason"] == "conflict"
    for path in ("/failures/redrive", "/failures/discard"):
        assert client.post(path, json={"ids": [other.message_id]}, headers=mine).get_json() == {"messages": 0}
        assert client.post(path, json={"all": True, "dry_run": True}, headers=mine).get_json() == {"messages": 1}
        assert client.post(path, json={}, headers=mine).status_code == 422
        assert client.post(path, data=b"[", headers=mine).status_code == 400
    assert client.post("/failures/redrive", json={"all": True}, headers=mine).get_json() == {"messages": 1}
    assert held(tenant) == []


def test_the_api_needs_the_scope(client: FlaskClient, tenant: str) -> None:
    assert client.get("/failures").status_code == 401
    assert client.get("/failures", headers=key_for(tenant, "ingest", "read")).status_code == 403
