"""A worker is killed in the middle of its work: what it held comes back and is stored once."""

from models import LogRecord
from tests.failure_queue import dead_letters_of
from tests.processes import Processes
from tests.waiting import wait_for


def test_a_killed_redact_worker_loses_nothing(processes: Processes, tenant: str) -> None:
    processes.start("web", "store", "redact")
    texts = {f"log {number}" for number in range(30)}
    for text in texts:
        assert processes.post(text, content_type="text/plain", x_tenant_id=tenant).status == 202
    wait_for("a received task", lambda: "received" in processes.log("redact"))

    processes.kill("redact")
    processes.start("redact")

    wait_for(
        "every log in the table",
        lambda: {record.original_text for record in LogRecord.for_tenant(tenant).records} == texts,
    )
    assert LogRecord.count(tenant) == 30
    assert not dead_letters_of(tenant)
