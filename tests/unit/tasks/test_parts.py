"""How a batch is cut into messages."""

from typing import Any

from tasks.batch import Batch, Log
from tasks.parts import MAX_LOGS, publish_in_parts


def test_a_message_has_no_more_logs_than_one_task_can_do() -> None:
    batch = Batch("tenant-1", "request-1", tuple(Log(f"{number}", "x") for number in range(4 * MAX_LOGS + 1)))
    parts: list[Any] = []

    publish_in_parts(batch, parts.append)

    assert [log["log_id"] for part in parts for log in part["logs"]] == [log.log_id for log in batch.logs]
    assert max(len(part["logs"]) for part in parts) <= MAX_LOGS
    assert len(parts) == 5
