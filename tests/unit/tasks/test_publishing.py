"""Publishing of a batch in parts, by the number of its logs."""

from celery import Celery, Task

from tasks.batch import Batch, Log
from tasks.publishing import MAX_LOGS, publish_in_parts


class Recorder(Task):  # type: ignore[type-arg]
    """Task that keeps the batches that it is published with."""

    name = "recorder"

    def __init__(self) -> None:
        self.published: list[dict[str, list[dict[str, str]]]] = []

    def apply_async(self, args, kwargs=None, **options):  # type: ignore[no-untyped-def,override]
        """Keep the batch."""
        self.published.append(args[0])


def test_a_message_has_no_more_logs_than_one_task_can_do() -> None:
    batch = Batch("tenant-1", "request-1", tuple(Log(f"{number}", "x") for number in range(4 * MAX_LOGS + 1)))
    recorder = Recorder()
    recorder.bind(Celery(set_as_current=False))

    log_counts = publish_in_parts(batch, recorder.s())

    parts = recorder.published
    assert [log["log_id"] for part in parts for log in part["logs"]] == [log.log_id for log in batch.logs]
    assert [len(part["logs"]) for part in parts] == log_counts
    assert max(log_counts) <= MAX_LOGS
    assert len(parts) == 5
