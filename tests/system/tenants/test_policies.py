"""Workers redact each tenant's logs by the current policy."""

import json
import re

import pytest

from models import LogRecord, TenantPolicy
from tests.support.failure_queue import list_dead_letters
from tests.support.processes import Processes
from tests.support.waiting import wait_for

LINE = "a@b.co paid with 4111-1111-1111-1111 from 10.0.0.1, badge B1234"


def post(processes: Processes, tenant: str, text: str) -> None:
    assert processes.post(text, content_type="text/plain", x_tenant_id=tenant).status == 202


def test_a_changed_policy_applies_to_the_next_log(processes: Processes, tenant: str) -> None:
    processes.environment |= {"SLUICE_POLICY_CACHE_SECONDS": "0"}
    processes.start("web", "redact", "store")
    post(processes, tenant, LINE)
    (first,) = wait_for("a stored log", lambda: LogRecord.for_tenant(tenant).records)
    assert first.modified_text == "[EMAIL] paid with [CREDIT_CARD] from [IP_ADDRESS], badge B1234"
    assert first.redactions.attribute_values == {"EMAIL": 1, "CREDIT_CARD": 1, "IP_ADDRESS": 1}

    policy = """{"actions": {"EMAIL": "hash", "CREDIT_CARD": "partial", "IP_ADDRESS": "keep", "US_SSN": "drop"},
                 "custom": [{"entity": "BADGE", "pattern": "B[0-9]{4}"}]}"""
    assert processes.sluice("policy", "set", tenant, "-", typed=policy).returncode == 0
    post(processes, tenant, "to be dropped: 123-45-6789")
    post(processes, tenant, LINE)
    post(processes, tenant, LINE)

    records = wait_for("two more", lambda: LogRecord.for_tenant(tenant).records[2:] and LogRecord.for_tenant(tenant))
    _, second, third = (record.modified_text for record in records.records)
    assert re.fullmatch(
        r"\[EMAIL:[0-9a-f]{8}\] paid with \[CREDIT_CARD:\*1111\] from 10\.0\.0\.1, badge \[BADGE\]", second
    )
    assert second == third
    assert not list_dead_letters(tenant)


def test_a_log_that_takes_too_long_to_redact_becomes_a_dead_letter(processes: Processes, tenant: str) -> None:
    processes.environment |= {"SLUICE_REDACT_TIME_LIMIT_SECONDS": "0.000001"}
    processes.start("web", "redact", "store")

    post(processes, tenant, LINE * 1000)

    (letter,) = wait_for("a dead letter", lambda: list_dead_letters(tenant))
    assert letter.headers["reason"] == "not_redacted"
    assert [log["text"] for log in letter.args[0]["logs"]] == [LINE * 1000]
    assert "a@b.co" not in processes.log("redact")
    assert LogRecord.count(tenant) == 0


@pytest.mark.parametrize(
    ("policy", "message"), [("{", "not a policy"), ('{"actions": {"EMAIL": "shred"}}', "unknown action 'shred'")]
)
def test_policy_set_refuses_an_invalid_policy(processes: Processes, tenant: str, policy: str, message: str) -> None:
    done = processes.sluice("policy", "set", tenant, "-", typed=policy)

    assert done.returncode == 2
    assert message in done.stderr
    assert TenantPolicy.get_or_none(tenant) is None


def test_a_new_policy_keeps_the_secret_for_hashes(processes: Processes, tenant: str) -> None:
    assert processes.sluice("tenants", "create", tenant).returncode == 0
    assert processes.sluice("policy", "set", tenant, "-", typed="{}").returncode == 0
    before = TenantPolicy.get_or_none(tenant)
    assert processes.sluice("policy", "set", tenant, "-", typed='{"allow": ["x"]}').returncode == 0
    after = TenantPolicy.get_or_none(tenant)

    assert before is not None
    assert after is not None
    assert after.secret == before.secret
    assert len(after.secret) == 32
    shown = json.loads(processes.sluice("policy", "show", tenant).stdout)
    assert shown == {"actions": {}, "allow": ["x"], "custom": [], "original": None, "retention_days": None}
