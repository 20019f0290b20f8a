"""Records of a request: sorted by tenant, given ids, and reported."""

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask

from settings import settings
from tests.support.ingest_fixtures import Queued
from webapp.access.auth import Caller
from webapp.http.problems import Problem
from webapp.ingest import accept
from webapp.ingest.accept import Receipt, Rejection, accept_records
from webapp.ingest.log_ids import id_from_idempotency_key
from webapp.ingest.resent_requests import RetriedRequests
from webapp.ingest.validation import IncomingRecord

ANYBODY = Caller(None, frozenset(["ingest"]), None)


@pytest.fixture
def headers() -> dict[str, str]:
    return {}


@pytest.fixture(autouse=True)
def _request(app: Flask, headers: dict[str, str]) -> Iterator[None]:
    """Run every test in a request."""
    with app.test_request_context("/ingest", method="POST", headers=headers):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accept, "_retried_requests", RetriedRequests())


def incoming(*contents: object) -> list[IncomingRecord]:
    return [IncomingRecord(content) for content in contents]


def test_each_record_has_a_result_in_order(tenant: str, queued: Queued) -> None:
    records = incoming(
        {"text": "a", "id": "1"}, {"text": ""}, "b", {"level": "info", "id": 7}, {"text": "c", "id": "3"}
    )

    receipt = accept_records(records, ANYBODY, 100, tenant)

    first, second, third, fourth, fifth = receipt.log_ids
    assert (first, second, fourth, fifth) == ("1", None, None, "3")
    assert [(rejection.index, rejection.code, rejection.log_id) for rejection in receipt.rejections] == [
        (1, "text_empty", None),
        (3, "text_missing", "7"),
    ]
    assert receipt.accepted == 3
    assert {log["text"]: log["log_id"] for log in queued()} == {"a": "1", "b": third, "c": "3"}


def test_nothing_valid_is_accepted_as_nothing(tenant: str, queued: Queued) -> None:
    receipt = accept_records(incoming(5), ANYBODY, 100, tenant)

    assert receipt == Receipt(
        [None],
        [Rejection(0, "not_an_object", "Send each log as a JSON object, or as a string in an array.")],
    )
    assert receipt.accepted == 0
    assert queued() == []


def test_nothing_at_all_is_accepted_as_nothing(tenant: str) -> None:
    assert accept_records([], ANYBODY, 0, tenant) == Receipt([], [])


def test_generated_ids_are_uuid7s_in_the_records_order(tenant: str, queued: Queued) -> None:
    receipt = accept_records(incoming(*"abc"), ANYBODY, 3, tenant)

    assert receipt.log_ids == sorted(filter(None, receipt.log_ids))
    assert {uuid.UUID(log_id).version for log_id in receipt.log_ids} == {7}
    assert [log["log_id"] for log in queued()] == receipt.log_ids


@pytest.mark.parametrize("headers", [{"Idempotency-Key": "k-1"}])
def test_an_idempotency_key_makes_ids_from_the_index(tenant: str, queued: Queued) -> None:
    receipt = accept_records(incoming("a", {"text": ""}, {"text": "b", "id": "mine"}, "c"), ANYBODY, 10, tenant)

    assert receipt.log_ids == [
        id_from_idempotency_key(tenant, "k-1", 0),
        None,
        "mine",
        id_from_idempotency_key(tenant, "k-1", 3),
    ]


def test_a_repeated_request_keeps_previous_ids_after_a_503(tenant: str) -> None:
    records = accept._validate_records(incoming("a", {"text": "b", "id": "mine"}, "c"), ANYBODY, tenant)
    batch = accept._build_batch(tenant, records)
    accept._retried_requests.remember(batch, records.generated_ids[tenant])

    second = accept._validate_records(incoming("a", {"text": "b", "id": "mine"}, "c"), ANYBODY, tenant)
    assert [log.log_id for log in second.logs[tenant]] != [log.log_id for log in batch.logs]
    assert accept._build_batch(tenant, second).logs == batch.logs
    assert second.generated_ids == records.generated_ids

    third = accept._validate_records(incoming("a", {"text": "b", "id": "mine"}, "c"), ANYBODY, tenant)
    assert accept._build_batch(tenant, third).logs == tuple(third.logs[tenant])


def test_records_are_sorted_by_their_tenants() -> None:
    contents = [
        {"text": "1", "tenant_id": "a"},
        {"text": "2", "tenant_id": "b"},
        {"text": "3"},
        {"text": "4", "tenant_id": "a"},
    ]

    records = accept._validate_records(incoming(*contents), ANYBODY, None)

    assert {tenant: [log.text for log in logs] for tenant, logs in records.logs.items()} == {
        "a": ["1", "4"],
        "b": ["2"],
    }
    assert records.tenant_of_record == ["a", "b", None, "a"]


def test_another_tenants_record_is_rejected_or_with_an_api_key_forbidden() -> None:
    records = incoming({"text": "x", "tenant_id": "b"})

    (rejection,) = accept._validate_records(records, ANYBODY, "a").rejections
    assert rejection.code == "tenant_id_mismatch"
    with pytest.raises(Problem) as error:
        accept_records(records, Caller("a", frozenset(["ingest"]), "key"), 10)
    assert (error.value.status, error.value.code) == (403, "tenant_mismatch")


def test_too_many_records_are_refused_before_all_are_read(tenant: str) -> None:
    read = 0

    def endless() -> Iterator[IncomingRecord]:
        nonlocal read
        while True:
            read += 1
            yield IncomingRecord("")

    with pytest.raises(Problem) as error:
        accept_records(endless(), ANYBODY, 10, tenant)

    assert (error.value.status, error.value.code) == (413, "too_many_records")
    assert read <= settings.max_records + accept.RECORDS_PER_RESERVATION
