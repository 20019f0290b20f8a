"""GET /activity on the real table."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from models import Counts, TenantActivity
from tests.support.fault_proxy import FaultProxy
from tests.support.reader import Reader, problem

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def stored(reader: Reader, **query: str) -> list[int]:
    answer = reader.get("/activity", **query)
    assert answer.json is not None, answer.text
    return [minute["stored"] for minute in answer.json["minutes"]]


def test_a_minute_is_shown_with_all_counts(reader: Reader, tenant: str) -> None:
    TenantActivity.add(tenant, NOON, Counts(6, 600, 4, 1, 1, {"EMAIL": 3}))

    answer = reader.get("/activity", {"X-Request-Id": "r-1"}, since=NOON.isoformat(), until="2026-01-31T12:01:00Z")

    assert answer.json == {
        "minutes": [
            {
                "minute": "2026-01-31T12:00Z",
                "accepted": 6,
                "received_bytes": 600,
                "stored": 4,
                "failures": 1,
                "dropped": 1,
                "redactions": {"EMAIL": 3},
            }
        ],
        "request_id": "r-1",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_since_and_until_select_minutes(reader: Reader, tenant: str) -> None:
    now = datetime.now(UTC)
    for minutes in (0, 30, 90, 150):
        TenantActivity.add(tenant, now - minutes * MINUTE, Counts(stored=1 + minutes))

    assert stored(reader) == [31, 1]
    assert stored(reader, since="2h") == [91, 31, 1]
    assert stored(reader, since="2h", until="1h") == [91]
    # An hour, without saying when it begins.
    assert stored(reader, until=(now - 85 * MINUTE).isoformat()) == [91]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"since": "today"}, "since_invalid"),
        ({"until": "never"}, "until_invalid"),
        ({"since": "0s"}, "range_invalid"),
        ({"since": "1h", "until": "2h"}, "range_invalid"),
        ({"since": "25h"}, "range_too_long"),
        ({"since": "999999999w"}, "range_too_long"),
        ({"limit": "5"}, "parameter_unknown"),
    ],
)
def test_an_invalid_query_is_400(reader: Reader, query: dict[str, str], code: str) -> None:
    reader.refused(400, code, "/activity", **query)


def test_activity_needs_the_scope_read(client: FlaskClient, tenant: str) -> None:
    Reader(client, tenant, "ingest", "admin").refused(403, "scope_missing", "/activity")


def test_while_dynamodb_is_down_activity_is_503(
    reader: Reader, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reader.get("/activity").status_code == 200
    monkeypatch.setattr(TenantActivity.Meta, "host", proxy.url)
    monkeypatch.setattr(TenantActivity, "_connection", None)
    proxy.status(500, "InternalServerError", "Query")

    answer = reader.get("/activity")

    problem(answer, 503, "logs_unavailable")
    assert answer.headers["Retry-After"] == "5"
