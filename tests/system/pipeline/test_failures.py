"""What fails for good ends in the failure queue, as a message that can run again, with the reason."""

import json

from broker.queues import sqs_client
from local.engine import Engine
from models import LogRecord
from tasks import app
from tests.support.failure_queue import dead_letters_of, send_again
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.waiting import wait_for


def test_a_conflict_keeps_the_stored_log_and_the_newcomer(processes: Processes, tenant: str) -> None:
    processes.start("web", "redact", "store")
    for text in ("the first", "the second"):
        body = json.dumps({"tenant_id": tenant, "log_id": "clash", "text": text})
        assert processes.post(body, content_type="application/json").status == 202
        wait_for("the stored log", lambda: LogRecord.for_tenant(tenant).records)

    (letter,) = wait_for("a dead letter", lambda: dead_letters_of(tenant))

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


def test_a_message_that_is_not_a_batch_is_kept_with_its_reason(processes: Processes, tenant: str) -> None:
    processes.start("redact")

    app.send_task("tasks.redact.redact", args=({"tenant_id": tenant, "nonsense": 1},))

    (letter,) = wait_for("a dead letter", lambda: dead_letters_of(tenant))
    assert letter.headers["reason"] == "invalid_arguments"
    assert letter.args == [{"tenant_id": tenant, "nonsense": 1}]


def test_a_task_whose_retries_are_spent(engine: Engine, processes: Processes, tenant: str) -> None:
    # Given a table that is not there, which a store task waits for as for any DynamoDB that does not answer.
    prefix = f"{tenant}-"
    processes.use_queues(prefix)
    processes.environment |= {"SLUICE_LOGS_TABLE": "no-such-table", "SLUICE_TASK_MAX_RETRIES": "2"}
    processes.start("web", "redact", "store")

    assert processes.post("nowhere to go", content_type="text/plain", x_tenant_id=tenant).status == 202

    (letter,) = wait_for("a dead letter", lambda: dead_letters_of(tenant, prefix))
    assert letter.headers["reason"] == "retries_exhausted"
    assert letter.headers["attempts"] == 3
    assert [log["original_text"] for log in letter.args[0]["logs"]] == ["nowhere to go"]
    assert len(parse_outcome_lines(processes.log("store"), "again")) == 2
    assert processes.log("store").count("storing in DynamoDB fails") == 1


def test_a_failed_redaction_keeps_the_rest_of_its_chain(processes: Processes, tenant: str) -> None:
    processes.start("redact")
    signature = app.signature("tasks.redact.redact", args=({"tenant_id": tenant, "request_id": "r", "logs": 5},))

    (signature | app.signature("tasks.store.store")).apply_async()

    (letter,) = wait_for("a dead letter", lambda: dead_letters_of(tenant))
    assert [step["task"] for step in letter.embed["chain"]] == ["tasks.store.store"]


def test_one_conflict_in_a_batch_leaves_the_others_alone(processes: Processes, tenant: str) -> None:
    processes.start("web", "redact", "store")
    clash = json.dumps({"tenant_id": tenant, "log_id": "log-042", "text": "the first"})
    assert processes.post(clash, content_type="application/json").status == 202
    wait_for("the stored log", lambda: LogRecord.for_tenant(tenant).records)

    logs = [{"log_id": f"log-{number:03}", "text": f"QUOKKA {number}"} for number in range(100)]
    answer = processes.post(json.dumps(logs), content_type="application/json", x_tenant_id=tenant)

    assert answer.json()["accepted"] == 100
    wait_for("all others in the table", lambda: LogRecord.count(tenant) == 100)
    (letter,) = wait_for("a dead letter", lambda: dead_letters_of(tenant))
    assert LogRecord.of(tenant, "log-042").original_text == "the first"
    assert [log["log_id"] for log in letter.args[0]["logs"]] == ["log-042"]
    assert (letter.headers["reason"], letter.headers["tenant_id"]) == ("conflict", tenant)
    assert "QUOKKA" not in json.dumps(letter.headers)
    for name in ("web", "redact", "store"):
        assert "QUOKKA" not in processes.log(name)
    assert "QUOKKA" not in processes.get("/metrics").data.decode()


def test_without_the_failure_queue_the_message_stays_where_it_is(processes: Processes, tenant: str) -> None:
    prefix = f"{tenant}-"
    processes.use_queues(prefix)
    processes.environment |= {"SLUICE_TASK_TIME_LIMIT_SECONDS": "3"}
    processes.start("web", "redact", "store")
    sqs = sqs_client()
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=f"{prefix}failures")["QueueUrl"])
    for text in ("the first", "the second"):
        body = json.dumps({"tenant_id": tenant, "log_id": "clash", "text": text})
        assert processes.post(body, content_type="application/json").status == 202
        wait_for("the stored log", lambda: LogRecord.for_tenant(tenant).records)

    wait_for("the conflict, left where it is", lambda: '"message": "left"' in processes.log("store"))
    assert processes.flask("broker", "create").returncode == 0

    (letter,) = wait_for("a dead letter", lambda: dead_letters_of(tenant, prefix))
    assert letter.headers["reason"] == "conflict"
    assert [log["original_text"] for log in letter.args[0]["logs"]] == ["the second"]
