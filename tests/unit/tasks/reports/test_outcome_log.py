"""Outcome log: the fields of a line, whatever a message holds."""

import json
import logging

import pytest

from tasks.batch import MAX_REQUEST_ID_CHARACTERS
from tasks.reports import outcome_log
from tasks.reports.outcome_log import log_outcome, task_log_fields

LOGS = [{"log_id": "a", "text": "QUOKKA"}, {"log_id": "b", "text": "QUOKKA"}]


def test_the_fields_name_the_task_the_queue_and_the_batch() -> None:
    batch = {"tenant_id": "tenant-1", "request_id": "r-1,r-2", "traceparent": "00-4bf9-00f0-01", "logs": LOGS}

    fields = task_log_fields("tasks.store.store", "id-1", {"routing_key": "store"}, 2, batch)

    assert fields == {
        "task": "tasks.store.store",
        "task_id": "id-1",
        "queue": "store",
        "tenant_id": "tenant-1",
        "request_id": "r-1,r-2",
        "traceparent": "00-4bf9-00f0-01",
        "logs": 2,
        "attempt": 3,
    }


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "QUOKKA",
        ["QUOKKA"],
        {"tenant_id": "a QUOKKA", "request_id": "a QUOKKA", "traceparent": "a QUOKKA", "logs": "a QUOKKA"},
        {"tenant_id": {"QUOKKA": 1}, "request_id": ["QUOKKA"], "traceparent": 5, "logs": {"QUOKKA": 1}},
        {"request_id": "Q" * (MAX_REQUEST_ID_CHARACTERS + 1)},
    ],
)
def test_a_foreign_payload_leaves_the_fields_empty(payload: object) -> None:
    fields = task_log_fields("tasks.redact.redact", None, None, 0, payload)

    assert (fields["tenant_id"], fields["request_id"], fields["traceparent"], fields["logs"]) == ("", "", "", 0)


def test_a_line_is_json_with_a_time_a_level_and_the_outcome() -> None:
    logger = logging.getLogger("sluice.outcome")
    record = logger.makeRecord(logger.name, logging.WARNING, "", 0, "failed", (), None, extra={"reasons": ["conflict"]})

    line = json.loads(outcome_log._handler.format(record))

    assert line.pop("time")
    assert line == {"level": "WARNING", "message": "failed", "reasons": ["conflict"]}


def test_an_outcome_is_written_at_the_given_level(outcome_lines: list[dict[str, object]]) -> None:
    log_outcome("failed", logging.WARNING, failed=3)

    assert [(line["levelname"], line["message"], line["failed"]) for line in outcome_lines] == [
        ("WARNING", "failed", 3)
    ]
