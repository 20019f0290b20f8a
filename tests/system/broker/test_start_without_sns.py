"""Workers that start while SNS is down."""

import subprocess
from pathlib import Path

from local.engine import Engine
from models import LogRecord
from settings import ROOT
from tests.support.fault_proxy import FaultProxy
from tests.support.processes import Processes
from tests.support.waiting import wait_for


def test_tasks_run_without_sns_and_remote_control_joins_in_later(engine: Engine, tmp_path: Path, tenant: str) -> None:
    with FaultProxy(engine.url) as proxy:
        processes = Processes(tmp_path, proxy.url)
        try:
            proxy.status(503, "ServiceUnavailable", "sns")
            processes.start("web", "redact", "store")

            assert processes.post("without SNS", content_type="text/plain", x_tenant_id=tenant).status == 202
            wait_for("the stored log", lambda: LogRecord.count(tenant) == 1)

            proxy.clear()
            wait_for("two workers that answer", lambda: ping(processes).count("pong") == 2)
        finally:
            processes.stop()


def ping(processes: Processes) -> str:
    command = [ROOT / ".venv/bin/celery", "-A", "tasks", "inspect", "ping"]
    return subprocess.run(
        command, env=processes.environment, cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
