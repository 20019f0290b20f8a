"""Workers write one JSON line for each task, and nothing else."""

import json
import uuid

from models import LogRecord, TenantPolicy
from tests.support.failure_queue import list_dead_letters
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.waiting import wait_for


class Lines:
    """Lines that the workers have written since this object was made."""

    def __init__(self, pipeline: Processes) -> None:
        self._pipeline = pipeline
        self._begins = {worker: len(pipeline.log(worker)) for worker in ("redact", "store")}

    def read(self, worker: str) -> str:
        """Return a worker's lines."""
        return self._pipeline.log(worker)[self._begins[worker] :]

    def wait_for_outcomes(self, worker: str, request_id: str) -> list[tuple[str, str]]:
        """Return level and outcome of a request's tasks, once there are any."""

        def outcomes() -> list[tuple[str, str]]:
            lines = parse_outcome_lines(self.read(worker))
            return [(line["level"], line["message"]) for line in lines if line["request_id"] == request_id]

        return wait_for(f"a line of {worker}", outcomes)


def post(pipeline: Processes, tenant: str, **log: str) -> str:
    """Send a log and return the id of the request."""
    request_id = uuid.uuid4().hex
    headers = {"content_type": "application/json", "x_tenant_id": tenant, "x_request_id": request_id}
    assert pipeline.post(json.dumps(log), **headers).status == 202
    return request_id


def test_each_task_writes_one_json_line_only(pipeline: Processes, tenant: str) -> None:
    lines = Lines(pipeline)

    first = post(pipeline, tenant, log_id="a", text="stored")
    wait_for("the stored log", lambda: LogRecord.count(tenant) == 1)
    conflict = post(pipeline, tenant, log_id="a", text="another text")
    wait_for("the dead letter", lambda: list_dead_letters(tenant))

    assert lines.wait_for_outcomes("store", first) == [("INFO", "done")]
    assert lines.wait_for_outcomes("store", conflict) == [("WARNING", "failed")]
    for worker in ("redact", "store"):
        assert not [line for line in lines.read(worker).splitlines() if not line.startswith('{"level"')]


def test_a_dropped_log_is_counted_as_dropped(pipeline: Processes, tenant: str) -> None:
    TenantPolicy.put(tenant, '{"actions": {"EMAIL": "drop"}}')
    lines = Lines(pipeline)

    request_id = post(pipeline, tenant, log_id="a", text="mail ada@example.com")

    assert lines.wait_for_outcomes("redact", request_id) == [("INFO", "done")]
    (line,) = [line for line in parse_outcome_lines(lines.read("redact")) if line["request_id"] == request_id]
    assert (line["logs"], line["dropped"], line["failed"]) == (1, 1, 0)

    def dropped() -> list[int]:
        answer = pipeline.get("/activity", x_tenant_id=tenant)
        return [minute["dropped"] for minute in answer.json()["minutes"]]

    wait_for("the count of the dropped log", lambda: dropped() == [1])
    assert LogRecord.count(tenant) == 0
    assert not list_dead_letters(tenant)
