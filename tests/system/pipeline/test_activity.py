"""Each tenant's activity is counted once, redeliveries included."""

import json

from models import Counts, LogRecord
from tasks import app
from tests.support.activity import count_activity
from tests.support.processes import Processes
from tests.support.waiting import wait_for


def test_a_redelivered_batch_is_counted_once_as_stored(pipeline: Processes, tenant: str) -> None:
    logs = [{"log_id": f"log-{number}", "text": f"call 555-123-456{number}, a@example.com, é"} for number in range(5)]

    for _ in range(2):
        assert pipeline.post(json.dumps(logs), content_type="application/json", x_tenant_id=tenant).status == 202
        wait_for("the stored logs", lambda: LogRecord.count(tenant) == 5)
    clash = json.dumps({"log_id": "log-0", "text": "another text"})
    assert pipeline.post(clash, content_type="application/json", x_tenant_id=tenant).status == 202

    size = 2 * sum(len(log["text"].encode()) for log in logs) + len("another text")
    expected = Counts(11, size, stored=5, failures=1, redactions={"PHONE": 5, "EMAIL": 5})
    wait_for("all counts", lambda: count_activity(tenant) == expected)


def test_a_message_without_a_batch_counts_as_a_failure(pipeline: Processes, tenant: str) -> None:
    app.send_task("tasks.redact.redact", args=({"tenant_id": tenant, "nonsense": 1},))

    wait_for("the count", lambda: count_activity(tenant) == Counts(failures=1))
