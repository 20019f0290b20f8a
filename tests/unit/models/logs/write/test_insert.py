"""Inserts while DynamoDB fails in part, whole, or for one tenant."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from models import LogRecord, Verdict
from models.logs.write.duplicate import Item
from models.logs.write.insert import estimate_write_units, insert_items
from models.logs.write.tenant_pacing import TenantPacer
from models.tables.connection import CALLS_AT_ONCE
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.support.inserts import build_items, connect_to

CALL = "BatchExecuteStatement"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an insert retry for a minute, for busy machines."""
    monkeypatch.setattr("models.logs.write.insert.PATIENCE_SECONDS", 60.0)


def insert(
    proxy: FaultProxy, items: list[Item], errors: list[str] | None = None, read_timeout_seconds: float = 30
) -> list[Verdict]:
    report = (errors if errors is not None else []).append
    return insert_items(connect_to(proxy.url, read_timeout_seconds), settings.logs_table, items, report, TenantPacer())


@pytest.mark.usefixtures("patient")
def test_only_throttled_items_are_retried(proxy: FaultProxy, tenant: str) -> None:
    proxy.fail_statements(0.2, 1)

    assert insert(proxy, build_items(tenant, 200)) == [Verdict.STORED] * 200

    assert LogRecord.count(tenant) == 200
    # 8 calls for all, then 2 for the 40 or so that are left, 1 for 8, 1 for 2.
    assert proxy.calls[CALL] <= 16


@pytest.mark.usefixtures("patient")
def test_a_lost_answer_leads_to_a_redelivery_not_a_conflict(proxy: FaultProxy, tenant: str) -> None:
    # The first and the fourth of the answers.
    proxy.lose_answers(0.3, 1, CALL)

    verdicts = insert(proxy, build_items(tenant, 75))

    assert (verdicts.count(Verdict.STORED), verdicts.count(Verdict.REDELIVERED)) == (50, 25)
    assert proxy.calls[CALL] == 5
    assert LogRecord.count(tenant) == 75


def test_a_throttled_tenant_does_not_delay_others_in_the_same_insert(proxy: FaultProxy, tenant: str) -> None:
    other = f"{tenant}-other"
    proxy.fail_statements(1.0, 1, tenant)

    verdicts = insert(proxy, [*build_items(tenant, 200), *build_items(other, 200)])

    assert verdicts == [Verdict.THROTTLED] * 200 + [Verdict.STORED] * 200
    assert LogRecord.count(tenant) == 0
    assert LogRecord.count(other) == 200


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("ProvisionedThroughputExceededException", Verdict.THROTTLED),
        ("ThrottlingException", Verdict.THROTTLED),
        ("RequestLimitExceeded", Verdict.THROTTLED),
        ("InternalServerError", Verdict.UNAVAILABLE),
        ("AccessDeniedException", Verdict.UNAVAILABLE),
        ("ValidationException", Verdict.INVALID),
    ],
)
def test_an_error_for_a_whole_call_is_the_verdict_on_each_item(
    proxy: FaultProxy, tenant: str, code: str, verdict: Verdict
) -> None:
    proxy.status(400, code, CALL)
    errors: list[str] = []

    assert insert(proxy, build_items(tenant, 30), errors) == [verdict] * 30

    assert set(errors) == ({code} if verdict is Verdict.UNAVAILABLE else set())


@pytest.mark.parametrize("outage", ["refuse", "hang", "error", "throttle"])
def test_an_outage_stops_an_insert_after_the_calls_under_way_and_one_probe(
    proxy: FaultProxy, tenant: str, outage: str
) -> None:
    faults = {
        "refuse": lambda: proxy.refuse("dynamodb"),
        "hang": lambda: proxy.hang("dynamodb"),
        "error": lambda: proxy.status(500, "InternalServerError", "dynamodb"),
        "throttle": lambda: proxy.status(400, "ThrottlingException", "dynamodb"),
    }
    faults[outage]()

    verdicts = insert(proxy, build_items(tenant, 1000), read_timeout_seconds=0.5)

    assert set(verdicts) == {Verdict.THROTTLED if outage == "throttle" else Verdict.UNAVAILABLE}
    # The calls under way, and one to find out whether the outage is over.
    assert proxy.calls[CALL] <= CALLS_AT_ONCE + 1


def test_no_call_leaves_once_an_insert_has_taken_too_long(
    proxy: FaultProxy, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that a stopping worker finishes in time.
    monkeypatch.setattr("models.logs.write.insert.LONGEST_SECONDS", 0.0)

    assert insert(proxy, build_items(tenant, 100)) == [Verdict.THROTTLED] * 100
    assert not proxy.calls[CALL]


def test_many_threads_insert_at_once(proxy: FaultProxy, tenant: str) -> None:
    tenants = [f"{tenant}-{number}" for number in range(8)]

    with ThreadPoolExecutor(8) as threads:
        verdicts = list(threads.map(lambda tenant_id: insert(proxy, build_items(tenant_id, 100)), tenants))

    assert verdicts == [[Verdict.STORED] * 100] * 8
    assert [LogRecord.count(tenant_id) for tenant_id in tenants] == [100] * 8


def test_an_empty_insert_makes_no_call(proxy: FaultProxy) -> None:
    assert insert(proxy, []) == []
    assert not proxy.calls


@pytest.mark.parametrize(("text", "units"), [("", 1), ("x" * 400, 1), ("x" * 500, 2), ("é" * 250, 2), ("x" * 5000, 10)])
def test_write_units_are_one_for_each_kilobyte(text: str, units: int) -> None:
    # Both texts, names, ids and times count.
    (item,) = build_items("tenant-1", 1, text)

    assert estimate_write_units(item) == units


def test_write_units_count_every_kind() -> None:
    assert estimate_write_units({"b": {"B": b"x" * 2000}, "m": {"M": {"a": {"N": "1"}}}, "n": {"NULL": True}}) == 2
    assert estimate_write_units({"l": {"L": [{"S": "x" * 1024}, {"S": "x" * 1024}]}}) == 3
