"""A batch larger than SQS's 1 MiB is split on the way, and stored whole."""

import secrets

from models import LogRecord
from tasks.batch import Batch, Log
from tasks.submit import submit
from tests.processes import Processes
from tests.waiting import wait_for


def test_a_batch_that_no_message_can_hold(processes: Processes, tenant: str) -> None:
    # Random text does not compress: 3 MB in all, three times what a message takes, and twice that once redacted.
    texts = {f"{number}": secrets.token_urlsafe(90_000) for number in range(25)}

    submit(Batch(tenant, "request", tuple(Log(log_id, text) for log_id, text in texts.items())))
    processes.start("redact", "store")

    wait_for("every log in the table", lambda: LogRecord.count(tenant) == len(texts))
    for log_id, text in texts.items():
        assert LogRecord.of(tenant, log_id).original_text == text
    # 25 x 90,000 random bytes as base64 twice: at least 4 messages for the first task, twice as many for the second.
    assert processes.log("redact").count("] received") >= 4
    assert processes.log("store").count("] received") >= 8
