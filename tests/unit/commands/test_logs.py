"""`./sluice logs show` and the options that find one log or tenant."""

import getpass
import json

import pytest
from click.testing import CliRunner, Result

from commands.main import sluice
from foundation.timestamps import get_timestamp
from models import AccessRecord, LogRecord, TenantPolicy, Verdict
from tasks.failures import Reason
from tests.support.failure_queue import fail

pytestmark = pytest.mark.usefixtures("empty_failure_queue")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(sluice, arguments)
    assert "Traceback" not in result.output
    return result


def store(tenant: str) -> None:
    record = LogRecord(
        tenant,
        "a",
        original_text="QUOKKA a@b.co",
        modified_text="QUOKKA [EMAIL]",
        processed_at="2026-01-31T12:00:00.000Z",
        redactions={"EMAIL": 1},
    )
    assert LogRecord.insert([record]) == [Verdict.STORED]


def test_a_stored_log_is_printed_without_the_original(tenant: str) -> None:
    store(tenant)

    shown = json.loads(run("logs", "show", tenant, "a").stdout)

    assert shown == {
        "tenant_id": tenant,
        "log_id": "a",
        "modified_text": "QUOKKA [EMAIL]",
        "processed_at": "2026-01-31T12:00:00.000Z",
        "redactions": {"EMAIL": 1},
    }
    assert list(AccessRecord.query(tenant)) == []


def test_a_read_of_the_original_stays_on_record(tenant: str) -> None:
    store(tenant)

    shown = json.loads(run("logs", "show", tenant, "a", "--original").stdout)

    assert shown["original_text"] == "QUOKKA a@b.co"
    (access,) = AccessRecord.query(tenant)
    assert access.log_ids == ["a"]
    assert access.key_id == f"command:{getpass.getuser()}"


def test_a_failed_log_is_found_with_the_reason(tenant: str) -> None:
    fail(tenant, "a", "b", reason=Reason.NOT_REDACTED)

    done = run("logs", "show", tenant, "b")

    assert done.exit_code == 1
    assert "Log b is not stored. It is in the failure queue since 2026-01-31T12:00" in done.stderr
    assert "with the reason not_redacted" in done.stderr
    assert "QUOKKA" not in done.output


def test_a_missing_log_has_a_list_of_what_to_check(tenant: str) -> None:
    TenantPolicy.put(tenant, '{"actions": {"EMAIL": "drop", "US_SSN": "drop", "PHONE": "hash"}}')

    done = run("logs", "show", tenant, "a")

    assert done.exit_code == 1
    assert f"Log a of tenant {tenant} is not stored, and not in the failure queue. Check:" in done.stderr
    assert "a log with EMAIL or US_SSN is accepted and dropped, not stored" in done.stderr


def test_a_log_of_an_unknown_tenant(tenant: str) -> None:
    assert f"There is no tenant {tenant}" in run("logs", "show", tenant, "a").stderr


def test_list_finds_the_message_of_a_log(tenant: str) -> None:
    fail(tenant, "a", "b")
    fail(tenant, "c")

    done = run("failures", "list", "--log", "b", "--json")

    assert [json.loads(line)["log_ids"] for line in done.stdout.splitlines()] == [["a", "b"]]
    assert "1 message\n" in run("failures", "list", "--log", "c").stderr


@pytest.mark.parametrize("command", [("list",), ("redrive", "--dry-run"), ("discard", "--yes"), ("export", "-")])
def test_a_tenant_that_does_not_exist_is_an_error(tenant: str, command: tuple[str, ...]) -> None:
    fail(f"{tenant}-other", "a")

    done = run("failures", *command, "--tenant", tenant)

    assert done.exit_code == 1
    assert f"There is no tenant {tenant}: it has no row, no policy, no logs and no dead letters" in done.stderr


def test_a_tenant_with_logs_only_has_no_failures(tenant: str) -> None:
    store(tenant)

    done = run("failures", "list", "--tenant", tenant)

    assert done.exit_code == 0
    assert "0 messages\n" in done.stderr


def test_a_reason_that_does_not_exist_is_an_error_with_all_reasons() -> None:
    done = run("failures", "list", "--reason", "typo")

    assert done.exit_code == 2
    message = " ".join(done.stderr.split())
    assert "'typo' is not a reason; there are retries_exhausted, conflict, not_storable, not_redacted" in message
    assert "too_many_receives, unreadable" in message


@pytest.mark.parametrize(("since", "count"), [("1h", 1), ("15m", 1), ("2d", 1), ("0s", 0), ("2100-01-01", 0)])
def test_since_takes_how_long_ago_it_is(tenant: str, monkeypatch: pytest.MonkeyPatch, since: str, count: int) -> None:
    monkeypatch.setattr("tests.support.failure_queue.FAILED_AT", get_timestamp())
    fail(tenant, "a")

    assert len(run("failures", "list", "--since", since, "--json").stdout.splitlines()) == count


@pytest.mark.parametrize("since", ["yesterday", "1y", "99999999w"])
def test_a_wrong_time_is_named(since: str) -> None:
    done = run("failures", "list", "--since", since)

    assert done.exit_code == 2
    assert f"{since!r} is not a time such as 15m, 1h, 2d or 2026-01-31T12:00" in " ".join(done.stderr.split())
