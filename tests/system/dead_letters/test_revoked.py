"""Revoked tasks stop, and their logs go to the failure queue."""

from tests.support.failing_redactor import NEVER_ENDS
from tests.support.failure_queue import list_dead_letters
from tests.support.processes import Processes
from tests.support.queues import receive_twice
from tests.support.waiting import wait_for
from tests.system.broker.test_inspect import REDACT, celery, inspect, wait_until_answering


def test_a_revoked_task_puts_the_logs_into_the_failure_queue(processes: Processes, tenant: str) -> None:
    prefix = f"{tenant}-"
    processes.use_queues(prefix)
    receive_twice(prefix)
    processes.commands["redact"] += " --include tests.support.failing_redactor --concurrency 1"
    processes.start("web", "redact")
    wait_until_answering(processes, REDACT)
    for text in (NEVER_ENDS, "waits for it"):
        assert processes.post(text, content_type="text/plain", x_tenant_id=tenant).status == 202
    (running,) = wait_for("the first task", lambda: inspect(processes, "active", REDACT)[REDACT])
    (waiting,) = wait_for("the second task", lambda: inspect(processes, "reserved", REDACT)[REDACT])

    assert celery(processes, "control", "revoke", waiting["id"])[0] == 0
    assert celery(processes, "control", "terminate", "KILL", running["id"])[0] == 0

    # Each look hides the messages for 2 s.
    letters = wait_for(
        "both in failures", lambda: len(found := list_dead_letters(tenant, prefix)) == 2 and found, every=3
    )
    texts = {letter.headers["id"]: [log["text"] for log in letter.args[0]["logs"]] for letter in letters}
    assert texts == {running["id"]: [NEVER_ENDS], waiting["id"]: ["waits for it"]}
    lines = [line for line in processes.log("redact").splitlines() if '"message": "revoked"' in line]
    assert len(lines) >= 2
    assert all(tenant in line for line in lines)
