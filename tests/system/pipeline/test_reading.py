"""Stored logs are read back from the real web process."""

import json
import re
import subprocess
from typing import Any

import pytest

from local.engine import Engine
from models import ApiKey, LogRecord, Tenant
from settings import ROOT
from tests.support.processes import Processes
from tests.support.waiting import wait_for

_BLOCK = re.search(
    r"^## Over HTTP$.*?^```\n(curl .*?)^```", (ROOT / "docs/reading.md").read_text(), re.MULTILINE | re.DOTALL
)
assert _BLOCK
CURLS = _BLOCK[1].splitlines()


def curl(command: str, web: Processes, key: object) -> Any:
    """Run a documented curl command against `web`, and return its JSON."""
    changed = command.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{web.web_port}").replace("curl ", "curl -sS ")
    done = subprocess.run(["bash", "-c", changed], env={"KEY": str(key)}, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


@pytest.fixture
def key(engine: Engine) -> object:
    """Make an API key for tenant-1, which has no logs yet."""
    for record in LogRecord.query("tenant-1"):
        record.delete()
    if Tenant.get_or_none("tenant-1") is None:
        Tenant.add("tenant-1", "")
    return ApiKey.add("tenant-1", ["read"])


def test_the_documented_curls_answer_as_documented(pipeline: Processes, key: object) -> None:
    sent = {"tenant_id": "tenant-1", "log_id": "uuid-1234", "text": "Customer 555-123-4567 logged in"}
    assert pipeline.post(json.dumps(sent), content_type="application/json").status == 202
    wait_for("the stored log", lambda: LogRecord.count("tenant-1") == 1)

    newest, ordered, one, activity = (curl(command, pipeline, key) for command in CURLS)

    assert one == {
        "log_id": "uuid-1234",
        "modified_text": "Customer [PHONE] logged in",
        "processed_at": one["processed_at"],
        "redactions": {"PHONE": 1},
    }
    assert newest == {"logs": [one], "cursor": None, "request_id": newest["request_id"]}
    assert ordered["logs"] == [one]
    assert sum(minute["accepted"] for minute in activity["minutes"]) >= 1
    # Without a key, as the first curls do.
    without = curl(CURLS[2].replace('"Authorization: Bearer $KEY"', '"x-tenant-id: tenant-1"'), pipeline, key)
    assert without == one


def test_pages_return_every_log_once(pipeline: Processes, tenant: str) -> None:
    made = [f"made {number:02}" for number in range(30)]
    own = [{"log_id": f"/own//{number:02}", "text": f"own {number:02}"} for number in range(30)]
    assert pipeline.post(json.dumps([*made, *own]), content_type="application/json", x_tenant_id=tenant).status == 202
    wait_for("all of them in the table", lambda: LogRecord.count(tenant) == 60)

    found: list[dict[str, Any]] = []
    query = "since=1h&limit=7"
    while True:
        page = pipeline.get(f"/logs?{query}", x_tenant_id=tenant).json()
        found += page["logs"]
        if page["cursor"] is None:
            break
        query = f"since=1h&limit=7&cursor={page['cursor']}"

    assert sorted(log["modified_text"] for log in found) == sorted([*made, *(log["text"] for log in own)])
    shown = pipeline.get("/logs/%2Fown%2F%2F07", x_tenant_id=tenant)
    assert (shown.status, shown.json()["modified_text"]) == (200, "own 07")
