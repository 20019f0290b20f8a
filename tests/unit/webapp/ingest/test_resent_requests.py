"""Which requests count as a repetition, and get previous ids."""

from collections.abc import Callable

import pytest

from tasks.batch import Batch, Log
from webapp.ingest import resent_requests
from webapp.ingest.log_ids import LogIds
from webapp.ingest.resent_requests import KEPT_SECONDS, RetriedRequests

TEXTS = ("one", "two")


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def build_batch(ids: LogIds, *texts: str, tenant: str = "tenant-1", own_id: str = "", event_time: str = "") -> Batch:
    logs = tuple(Log(own_id or ids.id_at(index), text, event_time) for index, text in enumerate(texts))
    return Batch(tenant, "request-1", logs)


def test_the_same_logs_get_their_previous_ids_once() -> None:
    requests, previous = RetriedRequests(), LogIds.generate()
    requests.remember(build_batch(previous, *TEXTS), previous)

    second, third = LogIds.generate(), LogIds.generate()
    assert requests.take_previous_ids(build_batch(second, *TEXTS), second) == previous
    assert requests.take_previous_ids(build_batch(third, *TEXTS), third) is None


def test_identical_requests_share_no_ids() -> None:
    requests = RetriedRequests()
    previous = [LogIds.generate() for _ in range(3)]
    for ids in previous:
        requests.remember(build_batch(ids, *TEXTS), ids)

    taken = [requests.take_previous_ids(build_batch(ids, *TEXTS), ids) for ids in (LogIds.generate() for _ in range(4))]

    assert taken == [*previous, None]


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda ids: build_batch(ids, "two", "one"), id="another order"),
        pytest.param(lambda ids: build_batch(ids, "one"), id="fewer logs"),
        pytest.param(lambda ids: build_batch(ids, "onet", "wo"), id="the same characters in other logs"),
        pytest.param(lambda ids: build_batch(ids, *TEXTS, tenant="tenant-2"), id="another tenant"),
        pytest.param(lambda ids: build_batch(ids, *TEXTS, event_time="2026-01-31T12:00:00.000000Z"), id="a time"),
        pytest.param(lambda ids: build_batch(ids, *TEXTS, own_id="mine"), id="ids of their own"),
    ],
)
def test_other_logs_get_new_ids(build: Callable[[LogIds], Batch]) -> None:
    requests, previous, ids = RetriedRequests(), LogIds.generate(), LogIds.generate()
    requests.remember(build_batch(previous, *TEXTS), previous)

    assert requests.take_previous_ids(build(ids), ids) is None


def test_a_much_later_request_is_a_new_one() -> None:
    clock = Clock()
    requests, previous, ids = RetriedRequests(clock), LogIds.generate(), LogIds.generate()
    requests.remember(build_batch(previous, *TEXTS), previous)

    clock.seconds = KEPT_SECONDS + 1

    assert requests.take_previous_ids(build_batch(ids, *TEXTS), ids) is None


def test_the_oldest_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resent_requests, "MAX_KEPT", 2)
    requests, ids = RetriedRequests(), LogIds.generate()
    for text in ("a", "b", "a", "c"):
        requests.remember(build_batch(ids, text), ids)

    known = {text: requests.take_previous_ids(build_batch(ids, text), ids) is not None for text in ("a", "b", "c")}
    assert known == {"a": True, "b": False, "c": True}
