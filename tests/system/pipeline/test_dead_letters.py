"""Failed logs become dead letters, with a reason, that can run again."""

import json

from models import LogRecord
from tasks import app
from tests.support.failure_queue import list_dead_letters, send_again
from tests.support.processes import Processes
from tests.support.waiting import wait_for


def test_a_conflict_keeps_the_stored_log_and_dead_letters_the_new_one(pipeline: Processes, tenant: str) -> None:
    for text in ("the first", "the second"):
        body = json.dumps({"tenant_id": tenant, "log_id": "clash", "text": text})
        assert pipeline.post(body, content_type="application/json").status == 202
        wait_for("the stored log", lambda: LogRecord.for_tenant(tenant).records)

    (letter,) = wait_for("a dead letter", lambda: list_dead_letters(tenant))

    assert LogRecord.of(tenant, "clash").original_text == "the first"
    assert letter.headers["task"] == "tasks.store.store"
    assert letter.headers["reason"] == "conflict"
    assert letter.headers["detail"] == "Another text is stored under the log's id."
    assert letter.headers["origin_queue"] == "store"
    assert letter.headers["tenant_id"] == tenant
    assert [log["original_text"] for log in letter.args[0]["logs"]] == ["the second"]

    LogRecord.of(tenant, "clash").delete()
    send_again(letter)

    wait_for("the newcomer in the table", lambda: LogRecord.for_tenant(tenant).records)
    assert LogRecord.of(tenant, "clash").original_text == "the second"


def test_a_message_without_a_batch_becomes_a_dead_letter_with_a_reason(pipeline: Processes, tenant: str) -> None:
    app.send_task("tasks.redact.redact", args=({"tenant_id": tenant, "nonsense": 1},))

    (letter,) = wait_for("a dead letter", lambda: list_dead_letters(tenant))
    assert letter.headers["reason"] == "invalid_arguments"
    assert letter.args == [{"tenant_id": tenant, "nonsense": 1}]


def test_a_dead_letter_keeps_the_remaining_chain(pipeline: Processes, tenant: str) -> None:
    signature = app.signature("tasks.redact.redact", args=({"tenant_id": tenant, "request_id": "r", "logs": 5},))

    (signature | app.signature("tasks.store.store")).apply_async()

    (letter,) = wait_for("a dead letter", lambda: list_dead_letters(tenant))
    assert [step["task"] for step in letter.embed["chain"]] == ["tasks.store.store"]


def test_a_conflict_dead_letters_only_the_conflicting_log(pipeline: Processes, tenant: str) -> None:
    clash = json.dumps({"tenant_id": tenant, "log_id": "log-042", "text": "the first"})
    assert pipeline.post(clash, content_type="application/json").status == 202
    wait_for("the stored log", lambda: LogRecord.for_tenant(tenant).records)

    logs = [{"log_id": f"log-{number:03}", "text": f"QUOKKA {number}"} for number in range(100)]
    answer = pipeline.post(json.dumps(logs), content_type="application/json", x_tenant_id=tenant)

    assert answer.json()["accepted"] == 100
    wait_for("all others in the table", lambda: LogRecord.count(tenant) == 100)
    (letter,) = wait_for("a dead letter", lambda: list_dead_letters(tenant))
    assert LogRecord.of(tenant, "log-042").original_text == "the first"
    assert [log["log_id"] for log in letter.args[0]["logs"]] == ["log-042"]
    assert (letter.headers["reason"], letter.headers["tenant_id"]) == ("conflict", tenant)
    assert "QUOKKA" not in json.dumps(letter.headers)
    for name in ("web", "redact", "store"):
        assert "QUOKKA" not in pipeline.log(name)
    assert "QUOKKA" not in pipeline.get("/metrics").data.decode()
