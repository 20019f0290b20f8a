"""API keys and tenants, managed by commands and used over HTTP."""

import subprocess

import pytest
from urllib3 import BaseHTTPResponse

from models import LogRecord
from settings import ROOT
from tests.support.processes import Processes
from tests.support.waiting import wait_for


@pytest.fixture
def web(processes: Processes) -> Processes:
    processes.environment |= {"SLUICE_REQUIRE_AUTH": "true", "SLUICE_KEY_CACHE_SECONDS": "1"}
    processes.start("web")
    return processes


def flask(processes: Processes, *arguments: str) -> str:
    command = [str(ROOT / ".venv/bin/flask"), "--app", "webapp", *arguments]
    done = subprocess.run(command, env=processes.environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def post(web: Processes, key: str | None, **headers: str) -> BaseHTTPResponse:
    if key is not None:
        headers["authorization"] = f"Bearer {key}"
    return web.post("a log", content_type="text/plain", **headers)


def refused(answer: BaseHTTPResponse) -> tuple[int, str]:
    return answer.status, answer.json()["code"]


def test_a_log_sent_with_a_key_is_stored_for_the_tenant_that_owns_the_key(web: Processes, tenant: str) -> None:
    web.start("redact", "store")
    flask(web, "tenants", "create", tenant)
    key = flask(web, "keys", "create", "--tenant", tenant)

    assert refused(post(web, None, x_tenant_id=tenant)) == (401, "key_missing")
    assert post(web, None).headers["WWW-Authenticate"] == "Bearer"
    assert post(web, key).status == 202
    assert post(web, key, x_tenant_id=tenant).status == 202
    assert refused(post(web, key, x_tenant_id=f"{tenant}-other")) == (403, "tenant_mismatch")

    wait_for("both logs", lambda: LogRecord.count(tenant) == 2)
    assert LogRecord.count(f"{tenant}-other") == 0
    assert not any(key.rpartition("_")[2] in web.log(name) for name in ("web", "redact", "store"))


def test_a_revoked_key_gets_401_and_a_suspended_tenant_403(web: Processes, tenant: str) -> None:
    flask(web, "tenants", "create", tenant)
    key, other = (flask(web, "keys", "create", "--tenant", tenant) for _ in range(2))
    assert post(web, key).status == post(web, other).status == 202

    flask(web, "keys", "revoke", key)
    answer = wait_for("401", lambda: (answer := post(web, key)).status != 202 and answer)
    assert refused(answer) == (401, "key_revoked")
    assert post(web, other).status == 202

    flask(web, "tenants", "suspend", tenant)
    wait_for("403", lambda: post(web, other).status == 403)
    assert refused(post(web, other)) == (403, "tenant_suspended")

    flask(web, "tenants", "resume", tenant)
    wait_for("202", lambda: post(web, other).status == 202)


def test_a_rate_limited_tenant_gets_429_with_the_time_to_wait(web: Processes, tenant: str) -> None:
    flask(web, "tenants", "create", tenant, "--requests-per-second", "1", "--burst-seconds", "20")
    flask(web, "tenants", "create", f"{tenant}-other")
    key = flask(web, "keys", "create", "--tenant", tenant)
    other = flask(web, "keys", "create", "--tenant", f"{tenant}-other")

    answer = wait_for("429", lambda: (answer := post(web, key)).status != 202 and answer)

    assert refused(answer) == (429, "rate_limited")
    assert answer.headers["Retry-After"] == answer.headers["RateLimit-Reset"]
    assert answer.headers["RateLimit-Limit"] == "20"
    assert post(web, other).status == 202
