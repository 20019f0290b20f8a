"""Which requests are taken for one that was refused, and get its ids."""

import uuid

import pytest

from tasks.batch import Batch, Log
from webapp.ingest import resent_requests
from webapp.ingest.log_ids import MAX_PLACES, LogIds
from webapp.ingest.resent_requests import KEPT_SECONDS, Refusals

TEXTS = ("one", "two")


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def batch_of(ids: LogIds, *texts: str, tenant: str = "tenant-1", own_id: str = "", event_time: str = "") -> Batch:
    logs = tuple(Log(own_id or ids.of(place), text, event_time) for place, text in enumerate(texts))
    return Batch(tenant, "request-1", logs)


def test_the_ids_of_a_request_are_uuids_of_its_time_in_the_order_of_its_logs() -> None:
    first, second = LogIds(1_769_860_800_000, 2**54 - 1), LogIds(1_769_860_800_001, 0)
    made = [first.of(0), first.of(1), first.of(MAX_PLACES - 1), second.of(0)]

    assert made == sorted(set(made))
    parsed = [uuid.UUID(log_id) for log_id in made]
    assert [str(its) for its in parsed] == made
    assert {(its.version, its.variant) for its in parsed} == {(7, uuid.RFC_4122)}
    assert [its.int >> 80 for its in parsed] == [1_769_860_800_000] * 3 + [1_769_860_800_001]


def test_each_request_has_ids_of_its_own() -> None:
    assert len({LogIds.new().of(0) for _ in range(1000)}) == 1000


def test_the_same_logs_get_the_ids_that_they_had_once() -> None:
    kept, refused = Refusals(), LogIds.new()
    kept.note(batch_of(refused, *TEXTS), refused)

    again, another = LogIds.new(), LogIds.new()
    assert kept.ids_of_refused(batch_of(again, *TEXTS), again) == refused
    assert kept.ids_of_refused(batch_of(another, *TEXTS), another) is None


def test_each_of_several_that_are_alike_gets_the_ids_of_one() -> None:
    kept = Refusals()
    refused = [LogIds.new() for _ in range(3)]
    for ids in refused:
        kept.note(batch_of(ids, *TEXTS), ids)

    found = [kept.ids_of_refused(batch_of(ids, *TEXTS), ids) for ids in (LogIds.new() for _ in range(4))]

    assert found == [*refused, None]


@pytest.mark.parametrize(
    "other",
    [
        lambda ids: batch_of(ids, "two", "one"),
        lambda ids: batch_of(ids, "one"),
        lambda ids: batch_of(ids, "onet", "wo"),
        lambda ids: batch_of(ids, *TEXTS, tenant="tenant-2"),
        lambda ids: batch_of(ids, *TEXTS, event_time="2026-01-31T12:00:00.000000Z"),
        lambda ids: batch_of(ids, *TEXTS, own_id="mine"),
    ],
)
def test_other_logs_are_not_taken_for_them(other: object) -> None:
    kept, refused, ids = Refusals(), LogIds.new(), LogIds.new()
    kept.note(batch_of(refused, *TEXTS), refused)

    assert callable(other)
    assert kept.ids_of_refused(other(ids), ids) is None


def test_what_comes_much_later_is_another_request() -> None:
    clock = Clock()
    kept, refused, ids = Refusals(clock), LogIds.new(), LogIds.new()
    kept.note(batch_of(refused, *TEXTS), refused)

    clock.seconds = KEPT_SECONDS + 1

    assert kept.ids_of_refused(batch_of(ids, *TEXTS), ids) is None


def test_the_oldest_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resent_requests, "MAX_KEPT", 2)
    kept, ids = Refusals(), LogIds.new()
    for text in ("a", "b", "a", "c"):
        kept.note(batch_of(ids, text), ids)

    assert [kept.ids_of_refused(batch_of(ids, text), ids) is None for text in ("a", "b", "c")] == [False, True, False]
