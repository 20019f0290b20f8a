"""A log is not stored if the tenant's policy is invalid."""

from models import LogRecord, TenantPolicy
from tests.support.failure_queue import list_dead_letters
from tests.support.processes import Processes
from tests.support.waiting import wait_for

LINE = "a@b.co paid with 4111-1111-1111-1111 from 10.0.0.1, badge B1234"


def post(pipeline: Processes, tenant: str, text: str) -> None:
    assert pipeline.post(text, content_type="text/plain", x_tenant_id=tenant).status == 202


def test_a_log_becomes_a_dead_letter_if_the_policy_is_invalid(pipeline: Processes, tenant: str) -> None:
    TenantPolicy.put(tenant, '{"actions": {"SHOE_SIZE": "keep"}}')
    post(pipeline, tenant, LINE)

    (letter,) = wait_for("a dead letter", lambda: list_dead_letters(tenant))
    assert letter.headers["reason"] == "policy_invalid"
    assert LogRecord.count(tenant) == 0
