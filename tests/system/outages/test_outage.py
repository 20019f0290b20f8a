"""Sluice survives an engine restart without losing logs.

Clients get 503 meanwhile, and all processes keep running.
"""

from local.engine import Engine
from models import LogRecord
from tests.support.processes import Processes
from tests.support.waiting import wait_for


def test_web_and_workers_survive_an_engine_restart(engine: Engine, processes: Processes, tenant: str) -> None:
    processes.start("web", "redact", "store")
    pids = {name: processes.pid(name) for name in ("web", "redact", "store")}
    for number in range(10):
        answer = processes.post(f"before {number}", content_type="text/plain", x_tenant_id=tenant)
        assert answer.status == 202

    engine.stop()
    try:
        answer = processes.post("during", content_type="text/plain", x_tenant_id=tenant)
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "queue_unavailable"
        assert processes.get("/healthz").status == 200
        ready = processes.get("/readyz")
        assert ready.status == 503
        assert set(ready.json()["checks"]) == {"sqs", "dynamodb"}
        assert "ok" not in ready.json()["checks"].values()
        # Without noticing the outage, the workers would not have to survive it.
        wait_for("an outage in the redact worker's log", lambda: "polling redact fails" in processes.log("redact"))
    finally:
        engine.start()

    answer = wait_for("202 after the outage", lambda: _accepted(processes, tenant))
    texts = {"after", *(f"before {number}" for number in range(10))}
    wait_for("all accepted logs in the table", lambda: _texts(tenant) == texts, seconds=90)
    assert processes.get("/readyz").status == 200
    assert all(processes.is_running(name) for name in pids)
    assert {name: processes.pid(name) for name in pids} == pids
    for worker in ("redact", "store"):
        log = processes.log(worker)
        assert log.count(f"polling {worker} fails") == log.count(f"polling {worker} works again") == 1


def _accepted(processes: Processes, tenant: str) -> bool:
    return processes.post("after", content_type="text/plain", x_tenant_id=tenant).status == 202


def _texts(tenant: str) -> set[str]:
    return {record.original_text for record in LogRecord.for_tenant(tenant).records}
