"""Inserts of many items through a DynamoDB that fails in part, in whole, or for one tenant."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from models import LogRecord, Verdict
from models.logs.write.duplicate import Item
from models.logs.write.insert import insert_items, write_units
from models.logs.write.tenant_pacing import Paces
from models.tables.call_threads import CALLS_AT_ONCE
from settings import settings
from tests.support.fault_proxy import FaultProxy
from tests.support.inserts import connection_to, items_of

CALL = "BatchExecuteStatement"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with much to do, too, an insert tries until it is through."""
    monkeypatch.setattr("models.logs.write.insert.PATIENCE_SECONDS", 60.0)


def insert(
    proxy: FaultProxy, items: list[Item], told: list[str] | None = None, read_timeout_seconds: float = 30
) -> list[Verdict]:
    tell = (told if told is not None else []).append
    return insert_items(connection_to(proxy.url, read_timeout_seconds), settings.logs_table, items, tell, Paces())


@pytest.mark.usefixtures("patient")
def test_items_that_are_throttled_by_chance_are_tried_again_alone(proxy: FaultProxy, tenant: str) -> None:
    proxy.fail_statements(0.2, 1)

    assert insert(proxy, items_of(tenant, 200)) == [Verdict.STORED] * 200

    assert LogRecord.count(tenant) == 200
    # 8 calls for all, then 2 for the 40 or so that are left, 1 for 8, 1 for 2.
    assert proxy.calls[CALL] <= 16


@pytest.mark.usefixtures("patient")
def test_a_lost_answer_is_no_conflict(proxy: FaultProxy, tenant: str) -> None:
    # The first and the fourth of the answers.
    proxy.lose_answers(0.3, 1, CALL)

    verdicts = insert(proxy, items_of(tenant, 75))

    assert (verdicts.count(Verdict.STORED), verdicts.count(Verdict.REDELIVERED)) == (50, 25)
    assert proxy.calls[CALL] == 5
    assert LogRecord.count(tenant) == 75


def test_a_tenant_that_is_throttled_leaves_the_others_alone(proxy: FaultProxy, tenant: str) -> None:
    other = f"{tenant}-other"
    proxy.fail_statements(1.0, 1, tenant)

    verdicts = insert(proxy, [*items_of(tenant, 200), *items_of(other, 200)])

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
def test_a_call_that_fails_as_a_whole(proxy: FaultProxy, tenant: str, code: str, verdict: Verdict) -> None:
    proxy.status(400, code, CALL)
    told: list[str] = []

    assert insert(proxy, items_of(tenant, 30), told) == [verdict] * 30

    assert set(told) == ({code} if verdict is Verdict.UNAVAILABLE else set())


@pytest.mark.parametrize("outage", ["refuse", "hang", "error", "throttle"])
def test_few_calls_wait_for_an_outage(proxy: FaultProxy, tenant: str, outage: str) -> None:
    faults = {
        "refuse": lambda: proxy.refuse("dynamodb"),
        "hang": lambda: proxy.hang("dynamodb"),
        "error": lambda: proxy.status(500, "InternalServerError", "dynamodb"),
        "throttle": lambda: proxy.status(400, "ThrottlingException", "dynamodb"),
    }
    faults[outage]()

    verdicts = insert(proxy, items_of(tenant, 1000), read_timeout_seconds=0.5)

    assert set(verdicts) == {Verdict.THROTTLED if outage == "throttle" else Verdict.UNAVAILABLE}
    # Those that were under way, and one to see whether it is over.
    assert proxy.calls[CALL] <= CALLS_AT_ONCE + 1


def test_an_insert_that_takes_too_long_leaves_the_rest(
    proxy: FaultProxy, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a worker that is told to stop has it done in time."""
    monkeypatch.setattr("models.logs.write.insert.LONGEST_SECONDS", 0.0)

    assert insert(proxy, items_of(tenant, 100)) == [Verdict.THROTTLED] * 100
    assert not proxy.calls[CALL]


def test_many_threads_at_once(proxy: FaultProxy, tenant: str) -> None:
    tenants = [f"{tenant}-{number}" for number in range(8)]

    with ThreadPoolExecutor(8) as threads:
        verdicts = list(threads.map(lambda its: insert(proxy, items_of(its, 100)), tenants))

    assert verdicts == [[Verdict.STORED] * 100] * 8
    assert [LogRecord.count(its) for its in tenants] == [100] * 8


def test_nothing_to_insert(proxy: FaultProxy) -> None:
    assert insert(proxy, []) == []
    assert not proxy.calls


@pytest.mark.parametrize(("text", "units"), [("", 1), ("x" * 400, 1), ("x" * 500, 2), ("é" * 250, 2), ("x" * 5000, 10)])
def test_write_units(text: str, units: int) -> None:
    """A unit a KB of all that is in the item: both texts, names, ids, times."""
    (item,) = items_of("tenant-1", 1, text)

    assert write_units(item) == units


def test_write_units_of_all_types() -> None:
    assert write_units({"b": {"B": b"x" * 2000}, "m": {"M": {"a": {"N": "1"}}}, "n": {"NULL": True}}) == 2
    assert write_units({"l": {"L": [{"S": "x" * 1024}, {"S": "x" * 1024}]}}) == 3
