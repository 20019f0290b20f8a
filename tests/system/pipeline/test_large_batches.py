"""A batch beyond SQS's 1 MiB is split, and stored whole."""

import secrets

from models import LogRecord
from tasks.batch import Batch, Log
from tasks.submission.submit import submit
from tests.support.outcome_lines import parse_outcome_lines
from tests.support.processes import Processes
from tests.support.waiting import wait_for


def incompressible(length: int) -> str:
    """Make random Hangul, in which no recognizer looks for anything."""
    return "".join(chr(0xAC00 + secrets.randbits(12)) for _ in range(length))


def count_batches(pipeline: Processes, worker: str, tenant: str) -> int:
    """Count the tenant's batches that a worker reports as done."""
    return sum(line["tenant_id"] == tenant for line in parse_outcome_lines(pipeline.log(worker), "done"))


def test_a_batch_larger_than_a_message_is_split_and_stored_whole(pipeline: Processes, tenant: str) -> None:
    texts = {f"{number}": incompressible(60_000) for number in range(25)}

    submit(Batch(tenant, "request", tuple(Log(log_id, text) for log_id, text in texts.items())))

    wait_for("every log in the table", lambda: LogRecord.count(tenant) == len(texts))
    for log_id, text in texts.items():
        assert LogRecord.of(tenant, log_id).original_text == text
    # 25 x 60,000 signs of 12 bits each as base64: at least 3 messages for the first task, twice as many for the second.
    assert count_batches(pipeline, "redact", tenant) >= 3
    assert count_batches(pipeline, "store", tenant) >= 6
