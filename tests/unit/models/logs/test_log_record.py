"""LogRecord on the embedded engine: insert-only, every read names a tenant."""

import pytest
from pynamodb.exceptions import PutError

from local.engine import Engine
from models import LogRecord, TenantRequired, Verdict, find_differences


def record(tenant: str, log_id: str, text: str = "text") -> LogRecord:
    return LogRecord(
        tenant_id=tenant,
        log_id=log_id,
        original_text=text,
        modified_text=text,
        processed_at="2026-01-31T12:00:00.000Z",
    )


def test_insert_returns_a_verdict_on_each_record(tenant: str) -> None:
    LogRecord.insert([record(tenant, "there", "first")])

    verdicts = LogRecord.insert(
        [
            record(tenant, "new"),
            record(tenant, "there", "first"),
            record(tenant, "there", "other"),
            record(tenant, "large", "x" * 250_000),
        ]
    )

    assert verdicts == [Verdict.STORED, Verdict.REDELIVERED, Verdict.CONFLICT, Verdict.INVALID]
    assert LogRecord.of(tenant, "there").original_text == "first"
    assert LogRecord.of(tenant, "new").original_text == "text"
    with pytest.raises(LogRecord.DoesNotExist):
        LogRecord.of(tenant, "large")


def test_a_conflict_alone_keeps_the_stored_text(tenant: str) -> None:
    LogRecord.insert([record(tenant, "a", "first")])

    assert LogRecord.insert([record(tenant, "a", "second")]) == [Verdict.CONFLICT]

    assert LogRecord.of(tenant, "a").original_text == "first"


def test_a_log_id_used_twice_in_one_insert_keeps_the_first(tenant: str) -> None:
    verdicts = LogRecord.insert([record(tenant, "a", "1"), record(tenant, "a", "2"), record(tenant, "a", "1")])

    assert verdicts == [Verdict.STORED, Verdict.CONFLICT, Verdict.REDELIVERED]


def test_more_records_than_one_call_carries_are_inserted(tenant: str) -> None:
    records = [record(tenant, f"{number:03}") for number in range(60)]

    assert LogRecord.insert(records) == [Verdict.STORED] * 60
    assert LogRecord.insert(records) == [Verdict.REDELIVERED] * 60
    assert LogRecord.count(tenant) == 60


def test_two_tenants_may_use_the_same_log_id(tenant: str) -> None:
    other = f"{tenant}-other"

    assert LogRecord.insert([record(tenant, "a", "mine"), record(other, "a", "theirs")]) == [Verdict.STORED] * 2
    assert [found.original_text for found in LogRecord.for_tenant(tenant).records] == ["mine"]
    assert [found.original_text for found in LogRecord.for_tenant(other).records] == ["theirs"]


def test_without_dynamodb_every_verdict_is_unavailable(engine: Engine, tenant: str) -> None:
    engine.stop()
    try:
        verdicts = LogRecord.insert([record(tenant, f"{number}") for number in range(30)])
    finally:
        engine.start()

    assert verdicts == [Verdict.UNAVAILABLE] * 30


def test_pages_run_in_both_directions(tenant: str) -> None:
    LogRecord.insert([record(tenant, f"{number:02}") for number in range(7)])

    def ids(newest_first: bool) -> list[list[str]]:
        pages, cursor = [], None
        while True:
            page = LogRecord.for_tenant(tenant, newest_first=newest_first, limit=3, cursor=cursor)
            pages.append([found.log_id for found in page.records])
            if (cursor := page.cursor) is None:
                return pages

    assert ids(newest_first=False) == [["00", "01", "02"], ["03", "04", "05"], ["06"]]
    assert ids(newest_first=True) == [["06", "05", "04"], ["03", "02", "01"], ["00"]]


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_limit_outside_1_to_1000_is_refused(tenant: str, limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        LogRecord.for_tenant(tenant, limit=limit)


def test_reads_without_a_tenant_raise() -> None:
    with pytest.raises(TenantRequired):
        LogRecord.scan()
    with pytest.raises(TenantRequired):
        LogRecord.count()
    with pytest.raises(TenantRequired):
        LogRecord.for_tenant("")
    with pytest.raises(TenantRequired):
        LogRecord.by_time.scan()


def test_writes_that_overwrite_raise(tenant: str) -> None:
    first = record(tenant, "a", "first")
    first.save()

    with pytest.raises(PutError):
        record(tenant, "a", "second").save()
    with pytest.raises(TypeError):
        LogRecord.batch_write()
    with pytest.raises(TypeError):
        first.update(actions=[])
    assert LogRecord.of(tenant, "a").original_text == "first"


def test_creating_the_table_again_keeps_the_records(tenant: str) -> None:
    LogRecord.insert([record(tenant, "a")])

    LogRecord.create()

    assert LogRecord.count(tenant) == 1


def test_creating_tables_turns_on_ttl_for_an_existing_table() -> None:
    assert list(find_differences(LogRecord)) == []
    connection = LogRecord._get_connection().connection
    off = {"AttributeName": "expires_at", "Enabled": False}
    connection.dispatch("UpdateTimeToLive", {"TableName": LogRecord.Meta.table_name, "TimeToLiveSpecification": off})
    (line,) = find_differences(LogRecord)
    assert "expires" in line

    LogRecord.create()

    assert list(find_differences(LogRecord)) == []
