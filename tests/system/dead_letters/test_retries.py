"""Tasks that fail are retried, and then become dead letters."""

import json

from broker.queues import sqs_client
from local.engine import Engine
from models import LogRecord
from tests.support.failure_queue import list_dead_letters
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.waiting import wait_for


def test_a_batch_becomes_a_dead_letter_when_the_retries_are_used_up(
    engine: Engine, processes: Processes, tenant: str
) -> None:
    # Given a missing table, which a store task treats as an outage of DynamoDB.
    prefix = f"{tenant}-"
    processes.use_queues(prefix)
    processes.environment |= {"SLUICE_LOGS_TABLE": "no-such-table", "SLUICE_TASK_MAX_RETRIES": "2"}
    processes.start("web", "redact", "store")

    assert processes.post("nowhere to go", content_type="text/plain", x_tenant_id=tenant).status == 202

    (letter,) = wait_for("a dead letter", lambda: list_dead_letters(tenant, prefix))
    assert letter.headers["reason"] == "retries_exhausted"
    assert letter.headers["attempts"] == 3
    assert [log["original_text"] for log in letter.args[0]["logs"]] == ["nowhere to go"]
    assert len(parse_outcome_lines(processes.log("store"), "again")) == 2
    assert processes.log("store").count("storing in DynamoDB fails") == 1


def test_a_failed_message_stays_in_the_queue_until_there_is_a_failure_queue(processes: Processes, tenant: str) -> None:
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
    assert processes.sluice("broker", "create").returncode == 0

    (letter,) = wait_for("a dead letter", lambda: list_dead_letters(tenant, prefix))
    assert letter.headers["reason"] == "conflict"
    assert [log["original_text"] for log in letter.args[0]["logs"]] == ["the second"]
