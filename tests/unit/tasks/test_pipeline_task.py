"""Decisions of PipelineTask: what it publishes, and how it ends.

The task runs in this process as a worker's pool runs it, on the engine's real queues. Its end decides about its
message: SUCCESS and RETRY are acked by Celery, FAILURE by `tasks.request` (it is DeadLettered), REJECTED not at all.
"""

import base64
import json
import secrets
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from celery.app.trace import trace_task

from local.engine import Engine
from models import Counts, TenantActivity
from tasks import app, publishing
from tasks.batch import Batch, Log, RedactedBatch, RedactedLog
from tasks.batch_result import BatchResult, FailedPart
from tasks.failures import Reason
from tasks.pipeline_task import PipelineTask
from tasks.reports import activity
from tests.support.queues import count_messages, take_all
from tests.support.waiting import wait_for
from topology import FAILURES_QUEUE, MAX_MESSAGE_BYTES, REDACT_QUEUE, STORE_QUEUE

QUEUES = (REDACT_QUEUE, STORE_QUEUE, FAILURES_QUEUE)
MAX_RETRIES = PipelineTask.max_retries
CHAIN = [{"task": "tasks.store.store", "args": [], "kwargs": {}, "options": {}, "subtask_type": None}]

_results: dict[str, BatchResult | Exception] = {}


@app.task(base=PipelineTask, name="tests.unit.tasks.decide", input_type=Batch, shared=False)
def decide(batch: Batch) -> BatchResult:
    """Return the result that the test has chosen, or raise the error."""
    result = _results[batch.tenant_id]
    if isinstance(result, Exception):
        raise result
    return result


@dataclass(frozen=True)
class Published:
    """A message that the task published."""

    headers: dict[str, Any]
    args: list[Any]
    kwargs: dict[str, Any]
    embedded: dict[str, Any]

    @property
    def log_ids(self) -> list[str]:
        return [log["log_id"] for log in self.args[0]["logs"]]


class Worker:
    """Worker that runs the task on messages of one tenant."""

    def __init__(self, tenant: str) -> None:
        self.batch = Batch(tenant, "request-1", (Log("a", "one"), Log("b", "two"), Log("c", "three")))

    def part(self, *log_ids: str) -> Batch:
        """Return a batch of the tenant with these logs."""
        return msgspec.structs.replace(self.batch, logs=tuple(Log(log_id, "text") for log_id in log_ids))

    def redacted(self, *log_ids: str, text: str = "text") -> RedactedBatch:
        """Return a redacted batch of the tenant with these logs."""
        logs = tuple(RedactedLog(log_id, text, "text", "2026-01-31T12:00:00.000Z") for log_id in log_ids)
        return RedactedBatch(self.batch.tenant_id, self.batch.request_id, logs)

    def run(self, result: BatchResult | Exception, retries: int = 0, chain: object = CHAIN) -> str:
        """Return the state in which the task ends."""
        _results[self.batch.tenant_id] = result
        return self.run_on([msgspec.to_builtins(self.batch)], {}, retries, chain)

    def run_on(self, args: list[Any], kwargs: dict[str, Any], retries: int = 0, chain: object = CHAIN) -> str:
        """Return the state in which the task ends with any arguments."""
        task_id = str(uuid.uuid4())
        request = {
            "id": task_id,
            "task": decide.name,
            "args": args,
            "kwargs": kwargs,
            "root_id": task_id,
            "retries": retries,
            "chain": chain,
            "delivery_info": {"exchange": "", "routing_key": REDACT_QUEUE, "redelivered": False},
        }
        traced = trace_task(decide, task_id, args, kwargs, request, app=app)
        return traced.info.state if traced.info else "SUCCESS"

    def published(self, queue: str, count: int) -> list[Published]:
        """Take messages off a queue; wait for those with a delay."""
        messages: list[Any] = []
        wait_for(f"{count} messages in {queue}", lambda: messages.extend(take_all(queue)) or len(messages) >= count)
        return [parse(message["Body"]) for message in messages]


def as_json(batch: Batch) -> dict[str, Any]:
    """Return a batch as it is in a message."""
    content: dict[str, Any] = json.loads(msgspec.json.encode(batch))
    return content


def parse(body: str) -> Published:
    """Return the Celery message in the body of an SQS message."""
    envelope = json.loads(body)
    return Published(envelope["headers"], *json.loads(zlib.decompress(base64.b64decode(envelope["body"]))))


def count_by_queue() -> dict[str, int]:
    """Return how many messages are in each queue, in whatever state."""
    return {queue: count_messages(queue, "", "Delayed", "NotVisible") for queue in QUEUES}


@pytest.fixture
def worker(engine: Engine, tenant: str) -> Iterator[Worker]:
    for queue in QUEUES:
        list(take_all(queue))
    yield Worker(tenant)


def test_done_logs_go_on_to_the_next_task_and_the_message_is_acked(
    worker: Worker, outcome_lines: list[dict[str, Any]]
) -> None:
    assert worker.run(BatchResult(done=worker.redacted("a", "b", "c"))) == "SUCCESS"

    assert count_by_queue() == {REDACT_QUEUE: 0, STORE_QUEUE: 1, FAILURES_QUEUE: 0}
    (message,) = worker.published(STORE_QUEUE, 1)
    assert message.headers["task"] == "tasks.store.store"
    assert message.log_ids == ["a", "b", "c"]
    (line,) = outcome_lines
    assert (line["levelname"], line["message"], line["logs"]) == ("INFO", "done", 3)


@pytest.mark.parametrize("chain", [None, []])
def test_done_logs_go_nowhere_after_the_last_task(worker: Worker, chain: object) -> None:
    assert worker.run(BatchResult(done=worker.redacted("a")), chain=chain) == "SUCCESS"

    assert count_by_queue() == dict.fromkeys(QUEUES, 0)


def test_dropped_logs_are_counted_in_the_outcome_line_and_published_nowhere(
    worker: Worker, outcome_lines: list[dict[str, Any]]
) -> None:
    assert worker.run(BatchResult(counts=Counts(accepted=3, dropped=3))) == "SUCCESS"

    assert count_by_queue() == dict.fromkeys(QUEUES, 0)
    (line,) = outcome_lines
    assert (line["message"], line["dropped"], line["failed"], line["again"]) == ("done", 3, 0, 0)


def test_a_retry_goes_back_to_the_same_queue_with_one_retry_more(
    worker: Worker, outcome_lines: list[dict[str, Any]]
) -> None:
    assert worker.run(BatchResult(retry=worker.part("b")), retries=4) == "RETRY"

    assert count_by_queue() == {REDACT_QUEUE: 1, STORE_QUEUE: 0, FAILURES_QUEUE: 0}
    (message,) = worker.published(REDACT_QUEUE, 1)
    assert message.headers["task"] == decide.name
    assert message.headers["retries"] == 5
    assert message.embedded["chain"] == CHAIN
    assert message.log_ids == ["b"]
    (line,) = outcome_lines
    assert (line["levelname"], line["message"], line["again"]) == ("INFO", "again", 1)
    assert line["again_in_seconds"] in (1, 2)


def test_waiting_for_a_turn_costs_no_retry(worker: Worker) -> None:
    assert worker.run(BatchResult(retry=worker.part("b"), retry_after_seconds=0.2), retries=MAX_RETRIES) == "RETRY"

    (message,) = worker.published(REDACT_QUEUE, 1)
    assert message.headers["retries"] == MAX_RETRIES


def test_a_retry_without_retries_left_is_a_dead_letter(worker: Worker, outcome_lines: list[dict[str, Any]]) -> None:
    assert worker.run(BatchResult(retry=worker.part("a", "b")), retries=MAX_RETRIES) == "FAILURE"

    assert count_by_queue() == {REDACT_QUEUE: 0, STORE_QUEUE: 0, FAILURES_QUEUE: 1}
    (message,) = worker.published(FAILURES_QUEUE, 1)
    assert message.log_ids == ["a", "b"]
    assert message.headers["reason"] == "retries_exhausted"
    assert message.headers["attempts"] == MAX_RETRIES + 1
    # So that it has all of them when it is put back.
    assert message.headers["retries"] == 0
    (line,) = outcome_lines
    assert (line["levelname"], line["message"], line["failed"]) == ("WARNING", "failed", 2)


def test_a_dead_letter_can_run_again_unchanged(worker: Worker) -> None:
    failed = FailedPart.from_batch(Reason.CONFLICT, worker.part("a"))

    assert worker.run(BatchResult(failed=(failed,))) == "FAILURE"

    (message,) = worker.published(FAILURES_QUEUE, 1)
    assert message.headers["task"] == decide.name
    assert message.headers["origin_queue"] == REDACT_QUEUE
    assert message.headers["tenant_id"] == worker.batch.tenant_id
    assert message.embedded["chain"] == CHAIN
    assert message.args == [as_json(worker.part("a"))]


def test_a_mixed_result_is_published_to_three_queues(worker: Worker, outcome_lines: list[dict[str, Any]]) -> None:
    failed = FailedPart.from_batch(Reason.NOT_REDACTED, worker.part("c"))

    state = worker.run(BatchResult(done=worker.redacted("a"), retry=worker.part("b"), failed=(failed,)))

    assert state == "RETRY"
    assert count_by_queue() == dict.fromkeys(QUEUES, 1)
    assert [worker.published(queue, 1)[0].log_ids for queue in (STORE_QUEUE, REDACT_QUEUE, FAILURES_QUEUE)] == [
        ["a"],
        ["b"],
        ["c"],
    ]
    (line,) = outcome_lines
    assert (line["message"], line["again"], line["failed"], line["reasons"]) == ("failed", 1, 1, ["not_redacted"])


def test_a_task_that_raises_is_a_dead_letter_without_the_errors_text(
    worker: Worker, outcome_lines: list[dict[str, Any]]
) -> None:
    assert worker.run(RuntimeError("QUOKKA")) == "FAILURE"

    (message,) = worker.published(FAILURES_QUEUE, 1)
    assert message.args == [as_json(worker.batch)]
    assert (message.headers["reason"], message.headers["exception"]) == ("unexpected_error", "RuntimeError")
    assert "QUOKKA" not in json.dumps(message.headers)
    (line,) = outcome_lines
    assert (line["levelname"], line["message"]) == ("ERROR", "failed")
    assert line["exception"].startswith("RuntimeError at test_pipeline_task.py:")


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        pytest.param([], {}, id="no arguments"),
        pytest.param(["QUOKKA"], {}, id="a string"),
        pytest.param([{"tenant_id": "t", "logs": "QUOKKA"}], {}, id="logs that are none"),
        pytest.param([{"tenant_id": "t", "request_id": "r", "logs": []}, 2], {}, id="two arguments"),
        pytest.param([], {"batch": {}}, id="a keyword argument"),
    ],
)
def test_arguments_without_a_batch_become_a_dead_letter_unchanged(
    worker: Worker, args: list[Any], kwargs: dict[str, Any]
) -> None:
    assert worker.run_on(args, kwargs) == "FAILURE"

    (message,) = worker.published(FAILURES_QUEUE, 1)
    assert message.headers["reason"] == "invalid_arguments"
    assert (message.args, message.kwargs) == (args, kwargs)
    assert "QUOKKA" not in json.dumps(message.headers)


def test_without_sqs_the_message_is_left_in_the_queue(
    worker: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch, outcome_lines: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr(publishing, "PATIENCE_SECONDS", 0)
    engine.stop()
    try:
        state = worker.run(BatchResult(done=worker.redacted("a")))
    finally:
        engine.start()

    assert state == "REJECTED"
    (line,) = outcome_lines
    assert (line["levelname"], line["message"]) == ("WARNING", "left")
    assert count_by_queue() == dict.fromkeys(QUEUES, 0)


def test_a_log_that_no_message_can_hold_leaves_the_message_in_the_queue(
    worker: Worker, outcome_lines: list[dict[str, Any]]
) -> None:
    too_large = worker.redacted("a", text=secrets.token_urlsafe(2 * MAX_MESSAGE_BYTES))

    assert worker.run(BatchResult(done=too_large)) == "REJECTED"

    (line,) = outcome_lines
    assert (line["levelname"], line["message"]) == ("ERROR", "left")
    assert line["exception"].startswith("MessageTooLarge at ")
    assert count_by_queue() == dict.fromkeys(QUEUES, 0)


def test_a_published_task_never_shows_a_text(worker: Worker) -> None:
    decide.apply_async((msgspec.to_builtins(worker.part("a")) | {"traceparent": "00-trace"},))

    (message,) = worker.published(REDACT_QUEUE, 1)
    assert message.headers["argsrepr"] == f"(1 log of tenant {worker.batch.tenant_id})"
    assert message.headers["kwargsrepr"] == "{}"
    assert message.headers["traceparent"] == "00-trace"
    assert message.headers["request_id"] == "request-1"


def test_activity_is_counted_with_the_failures(worker: Worker) -> None:
    failed = FailedPart.from_batch(Reason.NOT_REDACTED, worker.part("c"))
    began = datetime.now(UTC)

    worker.run(BatchResult(failed=(failed,), counts=Counts(accepted=3, dropped=2)))

    activity._writer.flush(20)
    rows = TenantActivity.between(worker.batch.tenant_id, began, datetime.now(UTC))
    assert [row.counts for row in rows] == [Counts(accepted=3, dropped=2, failures=1)]
