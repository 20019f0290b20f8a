"""A tenant is erased completely while more logs arrive."""

import subprocess
from itertools import count
from threading import Event, Thread

from models import DataKey, LogRecord
from settings import ROOT
from tests.support.processes import Processes
from tests.support.waiting import wait_for

DISCARDED = " is erased; discarding "


def test_erase_deletes_every_log_while_more_logs_arrive(processes: Processes, tenant: str) -> None:
    processes.environment |= {
        "SLUICE_POLICY_CACHE_SECONDS": "3",
        "SLUICE_TASK_TIME_LIMIT_SECONDS": "4",
        "SLUICE_ORIGINAL": "encrypt",
    }
    processes.use_queues(f"{tenant}-")
    processes.start("web", "redact", "store")
    erased, numbers = Event(), count()

    def send() -> None:
        # Without keys web has cached that there is no such tenant, and accepts logs for another minute.
        while not erased.is_set():
            answer = processes.post(f"QUOKKA {next(numbers)}", content_type="text/plain", x_tenant_id=tenant)
            assert answer.status in (202, 403)

    sending = Thread(target=send)
    sending.start()
    try:
        wait_for("stored logs", lambda: LogRecord.count(tenant) > 50)
        command = [ROOT / ".venv/bin/flask", "--app", "webapp", "tenants", "erase", tenant, "--yes"]
        done = subprocess.run(
            command, env=processes.environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )
        discarded = processes.log("redact").count(DISCARDED)
        wait_for("more logs of it", lambda: processes.log("redact").count(DISCARDED) > discarded + 5)
    finally:
        erased.set()
        sending.join()

    assert done.returncode == 0, done.stderr
    assert f"tenant {tenant} is erased: " in done.stdout
    assert LogRecord.count(tenant) == 0
    assert DataKey.get_newest(tenant) is None
    assert not any("QUOKKA" in processes.log(name) for name in ("web", "redact", "store"))
