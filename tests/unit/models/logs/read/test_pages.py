"""Pages of a tenant's records: all of them, in order, each once."""

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest

from local.engine import Engine
from models import CursorRefused, LogRecord, TenantPolicy, Verdict
from models.times import build_lower_bound_key, get_uuid7_time, to_microseconds, to_timestamp
from tests.support.fault_proxy import FaultProxy
from tests.support.ids import make_uuid7
from tests.support.waiting import wait_for

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def record(tenant: str, log_id: str, **values: Any) -> LogRecord:
    values = {"original_text": "text", "modified_text": "text", "processed_at": "2026-01-31T12:00:00.000Z"} | values
    return LogRecord(tenant_id=tenant, log_id=log_id, **values)


def at(tenant: str, log_id: str, moment: datetime, **values: Any) -> LogRecord:
    return record(tenant, log_id, event_time=to_timestamp(to_microseconds(moment)), **values)


def store(records: Sequence[LogRecord]) -> None:
    assert LogRecord.insert(records) == [Verdict.STORED] * len(records)


def pages(tenant: str, **query: Any) -> Iterator[list[str]]:
    """Yield the ids of each page, to the last one."""
    cursor = None
    while True:
        page = LogRecord.for_tenant(tenant, cursor=cursor, **query)
        yield [found.log_id for found in page.records]
        if (cursor := page.cursor) is None:
            return


def all_ids(tenant: str, **query: Any) -> list[str]:
    return [log_id for page in pages(tenant, **query) for log_id in page]


def test_uuid7_ids_in_a_range_are_read_by_key(tenant: str) -> None:
    ids = [make_uuid7(NOON + number * MINUTE) for number in range(10)]
    store([record(tenant, log_id) for log_id in ids])

    assert all_ids(tenant, since=NOON + 3 * MINUTE, until=NOON + 7 * MINUTE, limit=3) == ids[3:7]
    assert all_ids(tenant, since=NOON + 3 * MINUTE, newest_first=True, limit=3) == ids[:2:-1]
    assert all_ids(tenant, until=NOON + 2 * MINUTE) == ids[:2]
    assert TenantPolicy.get_or_none(tenant) is None or not TenantPolicy.get_or_none(tenant).custom_ids


@pytest.fixture(scope="module")
def mixed(engine: Engine) -> tuple[str, list[tuple[int, str]]]:
    """Store 100 records with UUIDv7s and custom ids within a minute.

    Returns:
        The tenant, and times and ids in their order.
    """
    tenant, chance = f"tenant-{uuid.uuid4().hex[:12]}", random.Random(7)
    records, order = [], []
    for number in range(100):
        moment = NOON + timedelta(milliseconds=chance.randrange(60) * 1000 + chance.choice([0, 0, 1, 0.25]))
        match number % 5:
            case 0 | 1:
                log_id = make_uuid7(moment)
                moment -= timedelta(microseconds=moment.microsecond % 1000)
                records.append(record(tenant, log_id))
            case 2:
                log_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
                records.append(at(tenant, log_id, moment))
            case 3:
                # A custom id that sorts among UUIDv7s.
                log_id = f"{build_lower_bound_key(to_microseconds(moment + MINUTE / 2))}-{number:03}"
                records.append(record(tenant, log_id, processed_at=moment.isoformat()))
            case _:
                log_id = f"é€\U0001f600 {number}" if number % 2 else "z" * number
                records.append(at(tenant, log_id, moment))
        order.append((to_microseconds(moment), log_id))
    store(records)
    return tenant, sorted(order)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("limit", [3, 40, 1000])
def test_records_with_uuid7s_and_custom_ids_are_merged_by_time(
    mixed: tuple[str, list[tuple[int, str]]], newest_first: bool, limit: int
) -> None:
    tenant, order = mixed
    expected = [log_id for _, log_id in order]

    found = list(pages(tenant, until=datetime.now(UTC), newest_first=newest_first, limit=limit))

    assert [log_id for page in found for log_id in page] == (expected[::-1] if newest_first else expected)
    assert {len(page) for page in found[:-1]} <= {limit}


@pytest.mark.parametrize("seed", range(4))
def test_any_range_has_exactly_the_records_within_it(mixed: tuple[str, list[tuple[int, str]]], seed: int) -> None:
    tenant, order = mixed
    chance = random.Random(seed)
    begin, end = sorted(NOON + timedelta(microseconds=chance.randrange(60_000_000)) for _ in range(2))
    since, until = to_microseconds(begin), to_microseconds(end)

    found = all_ids(tenant, since=begin, until=end, limit=chance.choice([4, 10, 40]))

    assert found == [log_id for moment, log_id in order if since <= moment < until]


def test_without_a_range_records_are_ordered_by_id(mixed: tuple[str, list[tuple[int, str]]]) -> None:
    tenant, order = mixed

    assert all_ids(tenant, limit=33) == sorted(log_id for _, log_id in order)


def test_a_range_includes_since_and_excludes_until(tenant: str) -> None:
    store([at(tenant, name, NOON + number * MINUTE) for number, name in enumerate("abc")])

    assert all_ids(tenant, since=NOON, until=NOON + 2 * MINUTE) == ["a", "b"]
    assert all_ids(tenant, since=NOON + timedelta(microseconds=1), until=NOON + 2 * MINUTE) == ["b"]


def test_a_range_without_an_end_ends_minutes_from_now(tenant: str) -> None:
    now = datetime.now(UTC)
    store([at(tenant, "now", now), at(tenant, "ahead", now + MINUTE), at(tenant, "tomorrow", now + timedelta(days=1))])

    assert all_ids(tenant, since=timedelta(minutes=15)) == ["now", "ahead"]
    assert all_ids(tenant, since=now, until=now + timedelta(days=2)) == ["now", "ahead", "tomorrow"]


def test_records_with_unreadable_times_are_found_in_a_range_without_a_start(tenant: str) -> None:
    store([record(tenant, "a", event_time="yesterday"), record(tenant, "b", event_time="", processed_at="never")])
    store([record(tenant, "c", event_time="0001-01-01T00:00:00+14:00"), record(tenant, "\U0001f600" * 256)])

    assert sorted(all_ids(tenant, until=datetime.now(UTC), limit=2)) == ["a", "b", "c", "\U0001f600" * 256]


def test_a_single_saved_record_with_a_custom_id_is_found_by_time(tenant: str) -> None:
    at(tenant, "alone", NOON).save()

    assert all_ids(tenant, since=NOON) == ["alone"]


def test_contains_entity_finds_only_records_with_that_entity(tenant: str) -> None:
    ids = [make_uuid7(NOON + number * MINUTE) if number % 2 else f"own-{number:02}" for number in range(40)]
    store(
        [
            at(tenant, log_id, NOON + number * MINUTE, redactions={"EMAIL": 1} if number % 5 == 0 else {"PHONE": 2})
            for number, log_id in enumerate(ids)
        ]
    )

    assert all_ids(tenant, since=NOON, contains_entity="EMAIL", limit=3) == ids[::5]
    assert all_ids(tenant, contains_entity="EMAIL", limit=3, newest_first=True) == sorted(ids[::5], reverse=True)
    assert all_ids(tenant, since=NOON, contains_entity="IBAN") == []


def test_a_rare_entity_in_long_logs_takes_several_pages(tenant: str) -> None:
    # Given 15 MB, of which a page reads 11.
    ids = [make_uuid7(NOON + number * MINUTE) for number in range(150)]
    store(
        [
            record(tenant, log_id, original_text="x" * 100_000, redactions={"EMAIL": 1} if log_id == ids[-1] else {})
            for log_id in ids
        ]
    )

    found = list(pages(tenant, since=NOON, contains_entity="EMAIL"))

    assert found == [[], [ids[-1]]]


def test_a_page_with_long_logs_has_fewer_records(tenant: str) -> None:
    ids = [make_uuid7(NOON + number * MINUTE) if number % 2 else f"own-{number:02}" for number in range(60)]
    store(
        [
            at(tenant, log_id, NOON + number * MINUTE, original_text="x" * 100_000, modified_text="x" * 100_000)
            for number, log_id in enumerate(ids)
        ]
    )

    found = list(pages(tenant, since=NOON, limit=1000))

    assert [log_id for page in found for log_id in page] == ids
    assert all(len(page) <= 30 for page in found)


def test_a_deleted_record_is_not_found_by_time(tenant: str) -> None:
    store([at(tenant, name, NOON) for name in "abc"])
    LogRecord.of(tenant, "b").delete()

    assert all_ids(tenant, since=NOON) == ["a", "c"]


def test_a_relative_range_is_fixed_by_the_first_page(tenant: str) -> None:
    now = datetime.now(UTC)
    store([at(tenant, name, now - number * MINUTE) for number, name in enumerate("edcba")])

    page = LogRecord.for_tenant(tenant, since=timedelta(minutes=4, seconds=5), limit=1)
    wait_for("the first of them to be out of the range", lambda: datetime.now(UTC) > now + timedelta(seconds=5.1))

    rest = LogRecord.for_tenant(tenant, since=timedelta(minutes=4, seconds=5), newest_first=False, cursor=page.cursor)
    assert [found.log_id for found in [*page.records, *rest.records]] == list("abcde")


class TestCursors:
    """A cursor serves one tenant and one query."""

    query: ClassVar[dict[str, Any]] = {"since": NOON, "until": NOON + 10 * MINUTE, "contains_entity": "EMAIL"}

    @pytest.fixture
    def cursor(self, tenant: str) -> str:
        store([at(tenant, name, NOON, redactions={"EMAIL": 1}) for name in "abc"])
        cursor = LogRecord.for_tenant(tenant, **self.query, limit=1).cursor
        assert cursor
        return cursor

    def test_a_cursor_is_valid_for_the_same_query(self, tenant: str, cursor: str) -> None:
        page = LogRecord.for_tenant(tenant, **self.query, limit=2, cursor=cursor)

        assert [found.log_id for found in page.records] == ["b", "c"]

    @pytest.mark.parametrize(
        "other",
        [
            {"since": NOON - MINUTE},
            {"since": None},
            {"since": timedelta(days=1)},
            {"until": NOON + 9 * MINUTE},
            {"until": None},
            {"since": None, "until": None},
            {"newest_first": True},
            {"contains_entity": "PHONE"},
            {"contains_entity": None},
        ],
    )
    def test_a_cursor_is_refused_for_another_query(self, tenant: str, cursor: str, other: dict[str, Any]) -> None:
        with pytest.raises(CursorRefused, match="not a cursor of this query"):
            LogRecord.for_tenant(tenant, **(self.query | other), cursor=cursor)

    def test_a_cursor_is_refused_for_another_tenant(self, tenant: str, cursor: str) -> None:
        others = [f"{tenant}-other", f"{tenant}-nobody"]
        TenantPolicy.get_secret(others[0])

        for other in others:
            with pytest.raises(CursorRefused):
                LogRecord.for_tenant(other, **self.query, cursor=cursor)
        assert TenantPolicy.get_or_none(others[1]) is None

    def test_a_cursor_is_refused_when_any_character_is_changed(self, tenant: str, cursor: str) -> None:
        for index, character in enumerate(cursor):
            changed = cursor[:index] + ("A" if character != "A" else "B") + cursor[index + 1 :]
            with pytest.raises(CursorRefused):
                LogRecord.for_tenant(tenant, **self.query, cursor=changed)

    @pytest.mark.parametrize("foreign", ["", "!", "a===", "w6", "../x", "é", "\ud800", "A" * 5000])
    def test_a_malformed_cursor_is_refused(self, tenant: str, cursor: str, foreign: str) -> None:
        for wrong in (
            foreign,
            cursor + foreign if foreign else cursor[:-1],
            foreign + cursor if foreign else cursor[1:],
        ):
            with pytest.raises(CursorRefused):
                LogRecord.for_tenant(tenant, **self.query, cursor=wrong)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"since": datetime(2026, 1, 1)}, "since needs a time zone"),
        ({"until": timedelta(seconds=-1)}, "until is how long ago"),
        ({"since": NOON, "until": NOON}, "since must be before until"),
        ({"since": datetime.now(UTC) + timedelta(days=1)}, "since must be before until"),
        ({"contains_entity": "email"}, "contains_entity must be an entity"),
        ({"contains_entity": "A" * 40}, "contains_entity must be an entity"),
    ],
)
def test_an_invalid_query_is_refused(tenant: str, query: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LogRecord.for_tenant(tenant, **query)


EAST, WEST = timezone(timedelta(hours=23)), timezone(timedelta(hours=-23))


@pytest.mark.parametrize("since", [timedelta.max, timedelta(days=800_000), datetime.min.replace(tzinfo=EAST)])
def test_a_range_may_reach_from_the_year_1_to_9999(tenant: str, since: datetime | timedelta) -> None:
    store([at(tenant, "a", NOON)])

    assert all_ids(tenant, since=since, until=datetime.max.replace(tzinfo=WEST)) == ["a"]


@pytest.mark.parametrize("key", ["00000000-0000-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"])
def test_the_smallest_and_greatest_uuid7_are_read(tenant: str, key: str) -> None:
    store([record(tenant, key)])

    assert build_lower_bound_key(get_uuid7_time(key)) < key < build_lower_bound_key(get_uuid7_time(key) + 1)
    assert all_ids(tenant) == [key]


def test_no_record_with_a_custom_id_is_stored_before_the_tenant_is_marked(
    proxy: FaultProxy, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a table of logs that works, and one of policies that takes nothing.
    monkeypatch.setattr(TenantPolicy.Meta, "host", proxy.url)
    monkeypatch.setattr(TenantPolicy, "_connection", None)
    proxy.status(500, "InternalServerError", "UpdateItem")
    errors: list[str] = []

    verdicts = LogRecord.insert([at(tenant, "own", NOON), record(tenant, make_uuid7(NOON))], errors.append)

    assert (verdicts, errors) == ([Verdict.UNAVAILABLE] * 2, ["InternalServerError"])
    assert LogRecord.count(tenant) == 0

    proxy.clear()
    store([at(tenant, "own", NOON)])

    assert all_ids(tenant, since=NOON) == ["own"]
