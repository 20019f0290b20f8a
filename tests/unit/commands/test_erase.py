"""`./sluice tenants erase`: all of a tenant, and nothing of another."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result

from broker.failures import held_messages
from commands.main import sluice
from commands.tenants import erase
from foundation.timestamps import get_timestamp
from local.engine import Engine
from models import (
    ApiKey,
    Counts,
    DataKey,
    LogRecord,
    Storage,
    Tenant,
    TenantActivity,
    TenantErased,
    TenantPolicy,
    tenant_erasure,
)
from settings import ROOT, settings
from tasks import policies
from tasks.batch import Batch, Log, RedactedBatch, RedactedLog
from tasks.batch_result import BatchResult
from tasks.redact import redact
from tasks.store import store
from tests.support.failure_queue import fail, held
from tests.support.fault_proxy import FaultProxy
from tests.support.waiting import wait_for

RECORDS = 60


@pytest.fixture(autouse=True)
def _no_cache_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "settings", settings.model_copy(update={"policy_cache_seconds": 0}))
    monkeypatch.setattr(erase, "_WORKERS_KNOW_AFTER", timedelta(0))
    # The engine is one server; SQS is many, and a long poll asks them all.
    monkeypatch.setattr(held_messages, "POLL_SECONDS", 0)


@pytest.fixture
def full(tenant: str) -> Iterator[str]:
    """Fill each table for a tenant."""
    fill(tenant)
    yield tenant
    run("erase", tenant, "--yes")


def fill(tenant: str) -> None:
    Tenant.add(tenant, "Example Ltd")
    TenantPolicy.put(tenant, "", Storage("encrypt"))
    ApiKey.add(tenant, ["ingest"])
    ApiKey.add(tenant, ["read"])
    logs = tuple(RedactedLog(f"{number:03}", "QUOKKA", "[X]", get_timestamp()) for number in range(RECORDS))
    assert store.run(RedactedBatch(tenant, "r", logs)) == BatchResult()
    TenantActivity.add(tenant, datetime.now(UTC), Counts(stored=RECORDS))
    fail(tenant, "a", "b")


def count_rows(tenant: str) -> list[int]:
    return [table.count(tenant) for table in tenant_erasure.TENANT_ROWS] + [len(held(tenant))]


def run(*arguments: str, group: str = "tenants") -> Result:
    result = CliRunner().invoke(sluice, [group, *arguments])
    assert "Traceback" not in result.output
    return result


def test_erase_deletes_each_row_and_no_other_tenants_rows(full: str) -> None:
    other = f"{full}-other"
    fill(other)
    assert count_rows(full) == count_rows(other) == [1, 2, RECORDS, 1, 1]

    result = run("erase", full, "--yes")

    assert result.exit_code == 0
    counts = f"1 data keys, 2 API keys, {RECORDS} records, 1 minutes of activity, 1 dead letter"
    assert f"tenant {full} is erased: {counts}" in result.stdout
    assert count_rows(full) == [0, 0, 0, 0, 0]
    assert count_rows(other) == [1, 2, RECORDS, 1, 1]
    policy, row = TenantPolicy.get_or_none(full), Tenant.get_or_none(full)
    assert policy is not None
    assert row is not None
    assert policy.attribute_values.keys() == {"tenant_id", "erased_since"}
    assert (row.name, row.suspended, row.state) == ("", True, "erased")
    assert LogRecord.of(other, "000").open_original() == "QUOKKA"
    run("erase", other, "--yes")


def test_not_without_yes(full: str) -> None:
    result = run("erase", full)

    assert result.exit_code == 2
    assert "add --yes" in result.stderr
    assert count_rows(full) == [1, 2, RECORDS, 1, 1]
    row = Tenant.get_or_none(full)
    assert row is not None
    assert row.state == "active"


def test_a_tenant_that_there_is_not(tenant: str) -> None:
    result = run("erase", tenant, "--yes")

    assert result.exit_code == 1
    assert f"There is no tenant {tenant}: it has no row, no policy, no logs and no dead letters" in result.stderr
    assert Tenant.get_or_none(tenant) is None
    assert TenantPolicy.get_or_none(tenant) is None


def test_a_tenant_that_only_ever_sent_logs(tenant: str) -> None:
    """Erase what a tenant has that nobody created, as without keys."""
    log = RedactedLog("a", "QUOKKA", "[X]", get_timestamp())
    store.run(RedactedBatch(tenant, "r", (log,)))

    assert run("erase", tenant, "--yes").exit_code == 0

    assert count_rows(tenant) == [0, 0, 0, 0, 0]


def test_what_is_in_the_queues_is_thrown_away(full: str, caplog: pytest.LogCaptureFixture) -> None:
    run("erase", full, "--yes")

    assert redact.run(Batch(full, "r", (Log("a", "QUOKKA"),))) == BatchResult()
    assert store.run(RedactedBatch(full, "r", (RedactedLog("a", "QUOKKA", "[X]", get_timestamp()),))) == BatchResult()

    assert count_rows(full) == [0, 0, 0, 0, 0]
    assert caplog.messages == [f"tenant {full} is erased; discarding 1 of its logs"] * 2


@pytest.mark.parametrize(
    ("group", "arguments"),
    [
        ("tenants", ("create",)),
        ("tenants", ("resume",)),
        ("tenants", ("suspend",)),
        ("keys", ("create", "--tenant")),
        ("policy", ("set",)),
    ],
)
def test_it_stays_erased(full: str, group: str, arguments: tuple[str, ...]) -> None:
    run("erase", full, "--yes")

    policy = ("-",) if group == "policy" else ()
    result = CliRunner().invoke(sluice, [group, *arguments, full, *policy], input="{}")

    assert result.exit_code == 1
    assert f"Tenant {full} was erased, or is being" in result.stderr
    assert count_rows(full) == [0, 0, 0, 0, 0]
    assert "state\terased\n" in run("show", full).stdout


def test_the_id_can_be_used_again_once_no_queue_can_hold_a_log(full: str) -> None:
    run("erase", full, "--yes")
    with pytest.raises(TenantErased):
        Tenant.add(full, "Example")
    with pytest.raises(TenantErased):
        TenantPolicy.get_secret(full)
    Tenant(full).update([Tenant.erased_at.set(get_timestamp(-timedelta(days=14, seconds=1)))])

    Tenant.add(full, "Another")

    row = Tenant.get_or_none(full)
    assert row is not None
    assert (row.name, row.state) == ("Another", "active")
    assert store.run(RedactedBatch(full, "r", (RedactedLog("a", "QUOKKA", "[X]", get_timestamp()),))) == BatchResult()
    assert LogRecord.of(full, "a").open_original() == "QUOKKA"


def test_once_more_finds_nothing(full: str) -> None:
    run("erase", full, "--yes")
    before = TenantPolicy.get_or_none(full)

    result = run("erase", full, "--yes")

    assert "0 data keys, 0 API keys, 0 records, 0 minutes of activity, 0 dead letters" in result.stdout
    after = TenantPolicy.get_or_none(full)
    assert before is not None
    assert after is not None
    assert after.erased_since == before.erased_since


def test_killed_in_the_middle_it_is_finished_by_the_next_one(full: str, proxy: FaultProxy) -> None:
    command = [ROOT / "sluice", "tenants", "erase", full, "--yes"]
    fast = {"SLUICE_POLICY_CACHE_SECONDS": "1", "SLUICE_TASK_TIME_LIMIT_SECONDS": "1"}
    proxy.leave_writes(every=1, after=30)
    erasing = subprocess.Popen(
        command, env=os.environ | fast | {"SLUICE_AWS_ENDPOINT_URL": proxy.url}, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        wait_for("some records to be deleted", lambda: LogRecord.count(full) == RECORDS - 27)
    finally:
        erasing.kill()
        erasing.wait()
    assert count_rows(full) == [0, 0, RECORDS - 27, 1, 1]
    assert "state\tbeing erased\n" in run("show", full).stdout
    with pytest.raises(TenantErased):
        TenantPolicy.get_secret(full)
    # What is left of the records can't be read any more.
    assert DataKey.get_newest(full) is None

    done = subprocess.run(command, env=os.environ | fast, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert f"tenant {full} is erased: 0 data keys, 0 API keys" in done.stdout
    assert count_rows(full) == [0, 0, 0, 0, 0]
    assert "state\terased\n" in run("show", full).stdout


def test_erase_repeats_what_dynamodb_left_undone(full: str, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    behind(proxy, monkeypatch)
    proxy.leave_writes(every=3)

    result = run("erase", full, "--yes")

    assert f"{RECORDS} records" in result.stdout
    assert count_rows(full) == [0, 0, 0, 0, 0]


def test_dynamodb_throttles_for_too_long(full: str, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    behind(proxy, monkeypatch)
    monkeypatch.setattr(tenant_erasure, "PATIENCE_SECONDS", 0.0)
    proxy.status(400, "ProvisionedThroughputExceededException", "BatchWriteItem")

    result = run("erase", full, "--yes")

    assert result.exit_code == 1
    assert "DynamoDB refuses the call (ProvisionedThroughputExceededException)" in result.stderr
    assert LogRecord.count(full) == RECORDS
    proxy.clear()
    assert run("erase", full, "--yes").exit_code == 0


def test_without_sqs_it_is_not_done(full: str, monkeypatch: pytest.MonkeyPatch, proxy: FaultProxy) -> None:
    monkeypatch.setattr("foundation.aws_clients.settings", settings.model_copy(update={"aws_endpoint_url": proxy.url}))
    proxy.refuse("sqs")

    result = run("erase", full, "--yes")

    assert result.exit_code == 1
    assert "SQS does not answer" in result.stderr
    assert "state\tbeing erased\n" in run("show", full).stdout


def test_without_dynamodb(engine: Engine, tenant: str) -> None:
    engine.stop()
    try:
        assert (
            "DynamoDB does not answer in the embedded engine at http://127.0.0.1:"
            in run("erase", tenant, "--yes").stderr
        )
    finally:
        engine.start()


def behind(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    for table in tenant_erasure.TENANT_ROWS:
        monkeypatch.setattr(table.model.Meta, "host", proxy.url)
        monkeypatch.setattr(table.model, "_connection", None)
