"""GET /logs and GET /logs/{log_id} on the real table."""

import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import uuid_utils
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from models import DROPPED, ENCRYPTED, AccessRecord, DataKey, LogRecord, Tenant, TenantPolicy, Verdict, get_keyring
from models.crypto.keyring import Keyring
from originals import get_wrapping
from tests.support.fault_proxy import FaultProxy
from tests.support.reader import Reader, problem
from tests.support.waiting import wait_for
from webapp.query.request import MAX_READERS

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def trusted(client: FlaskClient, tenant: str) -> Reader:
    return Reader(client, tenant, "read", "read:original")


def store(tenant: str, *log_ids: str, **values: Any) -> None:
    records = [
        LogRecord(
            tenant_id=tenant,
            log_id=log_id,
            modified_text=f"text of {log_id}",
            processed_at="2026-01-31T12:00:00.000Z",
            **({"original_text": f"original QUOKKA of {log_id}"} | values),
        )
        for log_id in log_ids
    ]
    assert set(LogRecord.insert(records)) <= {Verdict.STORED}


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [log["log_id"] for log in answer.json["logs"]]


def accesses(tenant: str) -> list[AccessRecord]:
    now = datetime.now(UTC)
    return list(AccessRecord.between(tenant, now - HOUR, now + HOUR))


def test_a_log_is_shown_with_all_fields_but_the_original(reader: Reader, tenant: str) -> None:
    store(tenant, "a", redactions={"EMAIL": 2}, event_time="2026-01-31T11:00:00.000000Z")

    answer = reader.get("/logs/a")

    shown = {
        "log_id": "a",
        "modified_text": "text of a",
        "processed_at": "2026-01-31T12:00:00.000Z",
        "redactions": {"EMAIL": 2},
        "event_time": "2026-01-31T11:00:00.000000Z",
    }
    assert answer.json == shown
    assert answer.headers["Cache-Control"] == "no-store"
    assert reader.get("/logs", headers={"X-Request-Id": "r-1"}).json == {
        "logs": [shown],
        "cursor": None,
        "request_id": "r-1",
    }


@pytest.mark.parametrize("log_id", ["/a//b/", "..", "%2F", "a?b#c", "é \U0001f600", "x" * 256, "+", "\U0001f600" * 256])
def test_a_log_is_found_under_any_id(reader: Reader, tenant: str, log_id: str) -> None:
    store(tenant, log_id)

    answer = reader.get("/logs/" + quote(log_id, safe=""))

    assert answer.json is not None
    assert answer.json["log_id"] == log_id


@pytest.mark.parametrize("log_id", ["nobody", "x" * 257, "\x00", "\U0001f600" * 300])
def test_an_unknown_or_impossible_id_is_404(reader: Reader, log_id: str) -> None:
    reader.refused(404, "log_unknown", "/logs/" + quote(log_id, safe=""))


def test_cursors_lead_through_all_pages(reader: Reader, tenant: str) -> None:
    log_ids = [str(uuid_utils.uuid7()) for _ in range(7)]
    store(tenant, *log_ids)

    pages, cursor = [], None
    while True:
        answer = reader.get("/logs", limit=3, **({"cursor": cursor} if cursor else {}))
        pages.append(ids(answer))
        assert answer.json is not None
        if (cursor := answer.json["cursor"]) is None:
            break

    assert pages == [log_ids[:3:-1], log_ids[3:0:-1], log_ids[:1]]
    assert ids(reader.get("/logs", order="asc")) == log_ids


def test_since_and_until_select_by_time(reader: Reader, tenant: str) -> None:
    now = datetime.now(UTC)
    for minutes in (5, 10, 20):
        store(tenant, f"ago-{minutes:02}", event_time=(now - timedelta(minutes=minutes)).isoformat())
    zoned = (now - timedelta(minutes=7)).astimezone().isoformat()

    assert ids(reader.get("/logs", since="15m")) == ["ago-05", "ago-10"]
    assert ids(reader.get("/logs", since="15m", order="asc")) == ["ago-10", "ago-05"]
    assert ids(reader.get("/logs", since="1w", until="600s")) == ["ago-10", "ago-20"]
    assert ids(reader.get("/logs", since=zoned)) == ["ago-05"]
    # As it comes from who does not escape a plus sign.
    assert ids(reader.get(f"/logs?since={zoned}")) == ["ago-05"]
    assert ids(reader.get("/logs", until=zoned.split("+")[0])) == ["ago-10", "ago-20"]
    assert ids(reader.get("/logs", since="999999999w", until="0s")) == ["ago-05", "ago-10", "ago-20"]


def test_a_relative_range_keeps_the_times_from_the_first_page(reader: Reader, tenant: str) -> None:
    now = datetime.now(UTC)
    for minutes in range(5):
        store(tenant, f"ago-{minutes}", event_time=(now - timedelta(minutes=minutes)).isoformat())

    first = reader.get("/logs", since="15m", limit=2)
    assert first.json is not None
    cursor = first.json["cursor"]

    assert ids(first) == ["ago-0", "ago-1"]
    assert ids(reader.get("/logs", since="15m", cursor=cursor)) == ["ago-2", "ago-3", "ago-4"]
    for other in ({}, {"since": "16m"}, {"since": "15m", "order": "asc"}, {"since": "15m", "entity": "EMAIL"}):
        reader.refused(400, "cursor_invalid", "/logs", cursor=cursor, **other)


def test_entity_selects_logs_in_which_it_was_replaced(reader: Reader, tenant: str) -> None:
    store(tenant, "a", "b", redactions={"EMAIL": 1})
    store(tenant, "c", redactions={"PHONE": 1})

    assert ids(reader.get("/logs", entity="EMAIL")) == ["b", "a"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("since=yesterday", "since_invalid"),
        ("since=-5m", "since_invalid"),
        ("since=15", "since_invalid"),
        ("until=2026-02-30T00:00:00Z", "until_invalid"),
        ("until=", "until_invalid"),
        ("since=5m&until=10m", "range_invalid"),
        ("since=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z", "range_invalid"),
        ("entity=email", "entity_invalid"),
        ("entity=", "entity_invalid"),
        ("limit=0", "limit_invalid"),
        ("limit=1001", "limit_invalid"),
        ("limit=1e2", "limit_invalid"),
        ("limit=%D9%A3", "limit_invalid"),
        ("order=newest", "order_invalid"),
        ("cursor=", "cursor_invalid"),
        ("cursor=%F0%9F%98%80", "cursor_invalid"),
        ("original=yes", "original_invalid"),
        ("entitiy=EMAIL", "parameter_unknown"),
        ("limit=1&limit=2", "parameter_repeated"),
    ],
)
def test_an_invalid_query_is_400(reader: Reader, query: str, code: str) -> None:
    assert len(reader.refused(400, code, f"/logs?{query}")) > 20


class TestOriginals:
    """Originals over HTTP, which are shown only after the access is recorded."""

    def test_originals_are_not_shown_unless_asked_for(self, trusted: Reader, tenant: str) -> None:
        store(tenant, "a")

        for query in ({}, {"original": "false"}):
            for path in ("/logs", "/logs/a"):
                assert "QUOKKA" not in trusted.get(path, **query).text
        assert accesses(tenant) == []

    def test_originals_are_shown_with_the_scope_and_the_access_is_recorded(self, trusted: Reader, tenant: str) -> None:
        store(tenant, "a", "b")

        one = trusted.get("/logs/a", headers={"X-Request-Id": "r-1"}, original="true")
        page = trusted.get("/logs", headers={"X-Request-Id": "r-2"}, original="true")

        assert one.json is not None
        assert page.json is not None
        assert (one.json["original"], one.json["original_text"]) == ("given", "original QUOKKA of a")
        assert [log["original_text"] for log in page.json["logs"]] == [f"original QUOKKA of {name}" for name in "ba"]
        assert [(access.key_id, access.request_id, access.log_ids) for access in accesses(tenant)] == [
            (trusted.key.key_id, "r-1", ["a"]),
            (trusted.key.key_id, "r-2", ["b", "a"]),
        ]

    def test_originals_are_shown_or_marked_dropped_or_unreadable(self, trusted: Reader, tenant: str) -> None:
        sealed = get_keyring().get_sealing_cipher(tenant, 2, 100).seal("sealed", "original QUOKKA")
        gone = (
            Keyring(get_wrapping()).get_sealing_cipher(f"{tenant}-gone", 1, 100).seal("unreadable", "original QUOKKA")
        )
        store(tenant, "plain")
        for log_id, original, text in (
            ("sealed", ENCRYPTED, sealed),
            ("unreadable", ENCRYPTED, gone),
            ("dropped", DROPPED, "text of dropped"),
        ):
            store(tenant, log_id, original=original, original_text=text)

        answer = trusted.get("/logs", original="true", order="asc")

        assert answer.json is not None
        assert [(log["log_id"], log["original"], log.get("original_text")) for log in answer.json["logs"]] == [
            ("dropped", "dropped", None),
            ("plain", "given", "original QUOKKA of plain"),
            ("sealed", "given", "original QUOKKA"),
            ("unreadable", "unreadable", None),
        ]
        # What was not stored can't be read, so nothing is recorded of it.
        assert [access.log_ids for access in accesses(tenant)] == [["plain", "sealed", "unreadable"]]
        assert "QUOKKA" not in trusted.get("/logs").text

    def test_originals_are_503_while_the_data_key_is_unavailable(
        self, trusted: Reader, tenant: str, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sealed = Keyring(get_wrapping()).get_sealing_cipher(tenant, 1, 100).seal("a", "original QUOKKA")
        store(tenant, "a", original=ENCRYPTED, original_text=sealed)
        monkeypatch.setattr(DataKey.Meta, "host", proxy.url)
        monkeypatch.setattr(DataKey, "_connection", None)
        proxy.status(500, "InternalServerError", "GetItem")

        answer = trusted.get("/logs/a", original="true")
        problem(answer, 503, "keys_unavailable")
        assert answer.headers["Retry-After"] == "5"
        assert trusted.get("/logs/a").status_code == 200

        proxy.clear()
        wait_for("the original", lambda: "original QUOKKA" in trusted.get("/logs/a", original="true").text)

    def test_originals_are_403_without_the_scope(self, client: FlaskClient, reader: Reader, tenant: str) -> None:
        store(tenant, "a")

        for path in ("/logs", "/logs/a", "/logs/nobody"):
            reader.refused(403, "scope_missing", path, original="true")
        # The one scope does not include the other.
        Reader(client, tenant, "read:original").refused(403, "scope_missing", "/logs/a", original="true")
        assert accesses(tenant) == []

    def test_originals_are_401_without_an_api_key(
        self, client: FlaskClient, tenant: str, configure: Callable[..., None]
    ) -> None:
        configure(require_auth=False)
        store(tenant, "a")

        for path in ("/logs", "/logs/a"):
            answer = client.get(path, query_string={"original": "true"}, headers={"x-tenant-id": tenant})
            problem(answer, 401, "key_missing")

    def test_originals_are_503_while_the_access_can_not_be_recorded(
        self,
        trusted: Reader,
        tenant: str,
        proxy: FaultProxy,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        store(tenant, "a")
        monkeypatch.setattr(AccessRecord.Meta, "host", proxy.url)
        monkeypatch.setattr(AccessRecord, "_connection", None)
        proxy.status(500, "InternalServerError", "PutItem")

        for path in ("/logs", "/logs/a"):
            answer = trusted.get(path, original="true")
            problem(answer, 503, "access_unrecorded")
            assert answer.headers["Retry-After"] == "5"
            assert "QUOKKA" not in answer.text
        assert trusted.get("/logs").status_code == 200
        assert "QUOKKA" not in caplog.text

        proxy.clear()
        assert "QUOKKA" in trusted.get("/logs/a", original="true").text
        assert len(accesses(tenant)) == 1


def test_the_embedded_engine_is_read_without_an_api_key(
    client: FlaskClient, tenant: str, configure: Callable[..., None]
) -> None:
    configure(require_auth=False)
    store(tenant, "a")

    assert ids(client.get("/logs", headers={"x-tenant-id": tenant})) == ["a"]
    assert client.get("/logs/a", headers={"x-tenant-id": tenant}).status_code == 200
    problem(client.get("/logs"), 400, "tenant_id_missing")
    problem(client.get("/logs", headers={"x-tenant-id": "a b"}), 400, "tenant_id_invalid")
    configure(require_auth=True)
    problem(client.get("/logs", headers={"x-tenant-id": tenant}), 401, "key_missing")


def test_a_suspended_tenant_reads_nothing(reader: Reader, tenant: str, configure: Callable[..., None]) -> None:
    configure(require_auth=True, key_cache_seconds=0)
    store(tenant, "a")
    assert reader.get("/logs").status_code == 200

    Tenant.set_suspended(tenant, True)

    for path in ("/logs", "/logs/a", "/activity"):
        reader.refused(403, "tenant_suspended", path)


def test_reads_and_sends_are_limited_apart(
    reader: Reader, client: FlaskClient, tenant: str, configure: Callable[..., None]
) -> None:
    configure(require_auth=True, default_requests_per_second=1, default_burst_seconds=5)

    def post(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
        return client.post("/ingest", data=b"[]", headers=headers).status_code

    answer = wait_for("429", lambda: (answer := reader.get("/logs")).status_code != 200 and answer, every=0)
    problem(answer, 429, "rate_limited")
    assert int(answer.headers["Retry-After"]) >= 1
    assert post(Reader(client, tenant, "ingest").key) == 422

    other = f"{tenant}-other"
    key = Reader(client, other, "ingest").key
    wait_for("429", lambda: post(key) == 429, every=0)
    assert Reader(client, other, "read").get("/logs").status_code == 200


def test_an_erased_tenant_reads_nothing(reader: Reader, tenant: str) -> None:
    store(tenant, "a", "b", "c")
    cursor = reader.get("/logs", since="9999w", limit=1).json["cursor"]
    assert cursor
    policy = TenantPolicy.get_or_none(tenant)
    assert policy is not None
    policy.update([TenantPolicy.erased_since.set("2026-01-31T12:00:00Z"), TenantPolicy.secret.remove()])

    for query in ({"since": "1d"}, {"limit": "1"}):
        reader.refused(403, "tenant_unknown", "/logs", **query)
    reader.refused(400, "cursor_invalid", "/logs", since="9999w", cursor=cursor)


@pytest.mark.parametrize("fault", ["refuse", "hang", "throttle", "break"])
def test_while_dynamodb_is_down_reads_are_503(
    reader: Reader,
    tenant: str,
    fault: str,
    proxy: FaultProxy,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store(tenant, "a", "b")
    cursor = reader.get("/logs", since="9999w", limit=1).json["cursor"]
    assert cursor
    for model in (LogRecord, TenantPolicy):
        monkeypatch.setattr(model.Meta, "host", proxy.url)
        monkeypatch.setattr(model.Meta, "read_timeout_seconds", 0.2)
        monkeypatch.setattr(model, "_connection", None)
    match fault:
        case "refuse":
            proxy.refuse("dynamodb")
        case "hang":
            proxy.hang("dynamodb")
        case "throttle":
            proxy.status(400, "ThrottlingException", "dynamodb")
        case _:
            proxy.status(500, "InternalServerError", "dynamodb")

    with caplog.at_level(logging.ERROR):
        for path, query in (
            ("/logs", {}),
            ("/logs", {"since": "1h"}),
            ("/logs", {"since": "9999w", "cursor": cursor}),
            ("/logs/a", {}),
        ):
            answer = reader.get(path, **query)
            problem(answer, 503, "logs_unavailable")
            assert answer.headers["Retry-After"] == "5"
    assert "reading logs fails" in caplog.text

    proxy.clear()
    assert reader.get("/logs").status_code == 200


def test_readers_that_hang_leave_threads_to_senders(
    reader: Reader, client: FlaskClient, tenant: str, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Reader(client, tenant, "ingest")
    store(tenant, "a")
    assert reader.get("/logs").status_code == 200
    monkeypatch.setattr(LogRecord.Meta, "host", proxy.url)
    monkeypatch.setattr(LogRecord.Meta, "read_timeout_seconds", 5)
    monkeypatch.setattr(LogRecord.Meta, "max_retry_attempts", 0)
    monkeypatch.setattr(LogRecord, "_connection", None)
    proxy.hang("dynamodb")

    def ask() -> tuple[int, str]:
        answer = reader.get("/logs")
        return answer.status_code, answer.json["code"]

    with ThreadPoolExecutor(2 * MAX_READERS) as threads:
        answers = [threads.submit(ask) for _ in range(2 * MAX_READERS)]
        wait_for("those that are refused", lambda: sum(map(Future.done, answers)) >= MAX_READERS)
        sent = client.post("/ingest", json={"text": "text"}, headers={"Authorization": f"Bearer {sender.key}"})
        assert sent.status_code == 202
        assert Counter(answer.result() for answer in answers) == {
            (503, "logs_unavailable"): MAX_READERS,
            (503, "busy"): MAX_READERS,
        }

    proxy.clear()
    assert reader.get("/logs").status_code == 200


def test_reads_are_counted_in_the_metrics(reader: Reader, trusted: Reader, tenant: str) -> None:
    store(tenant, "a", "b")

    reader.get("/logs")
    trusted.get("/logs/a", original="true")

    # Of this process; /metrics adds up the files of all processes of a server, such as those of other tests.
    assert REGISTRY.get_sample_value("sluice_records_read_total", {"tenant": tenant}) == 3.0
    assert REGISTRY.get_sample_value("sluice_originals_read_total", {"tenant": tenant}) == 1.0
