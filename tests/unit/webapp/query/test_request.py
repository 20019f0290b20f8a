"""Query parameters that are times, and responses of reads."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlencode

import msgspec
import pytest
from flask import Flask

from webapp.http.problems import Problem
from webapp.query.request import json_response, parse_time_parameter

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


def parse(app: Flask, query: str) -> datetime | timedelta | None:
    with app.test_request_context(f"/logs?{query}"):
        return parse_time_parameter("since")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0s", timedelta()),
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("3w", timedelta(weeks=3)),
        ("999999999w", timedelta.max),
        ("2026-01-31T12:00:00Z", NOON),
        ("2026-01-31T12:00:00", NOON),
        ("20260131T120000Z", NOON),
        ("2026-01-31T14:00:00+02:00", NOON),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
    ],
)
def test_a_time_is_an_age_or_iso_8601(app: Flask, text: str, value: datetime | timedelta) -> None:
    assert parse(app, urlencode({"since": text})) == value


def test_a_plus_sign_that_was_not_escaped_is_restored(app: Flask) -> None:
    assert parse(app, "since=2026-01-31T14:00:00+02:00") == NOON
    assert parse(app, "since=2026-01-31T14:00:00+0200") == datetime(
        2026, 1, 31, 14, tzinfo=timezone(timedelta(hours=2))
    )


def test_a_parameter_that_is_absent_is_none(app: Flask) -> None:
    assert parse(app, "until=15m") is None


@pytest.mark.parametrize("text", ["", "m", "15", "15 m", "-15m", "1.5h", "15M", "١٥m", "yesterday", "2026-13-01"])
def test_another_text_is_400_with_the_parameters_name(app: Flask, text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(app, urlencode({"since": text}))

    assert (caught.value.status, caught.value.code) == (400, "since_invalid")
    assert caught.value.detail.startswith("since must be ")


def test_a_response_is_kept_by_no_cache() -> None:
    class Answer(msgspec.Struct):
        number: int

    response = json_response(Answer(1))

    assert (response.data, response.content_type) == (b'{"number":1}\n', "application/json")
    assert response.headers["Cache-Control"] == "no-store"
