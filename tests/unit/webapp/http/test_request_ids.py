"""Request ids and traceparents: the client's if valid."""

import uuid

import pytest
from flask import Flask

from webapp.http import request_ids
from webapp.http.request_ids import HEADER, get_request_id, get_traceparent

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    request_ids.init_app(app)

    @app.get("/")
    def show() -> str:
        return f"{get_request_id()} {get_request_id()}"

    return app


@pytest.mark.parametrize("request_id", ["r-1", "a" * 128, "2026/01/31:12.00+x=_"])
def test_a_plain_id_from_the_client_is_kept(app: Flask, request_id: str) -> None:
    answer = app.test_client().get("/", headers={HEADER: request_id})

    assert answer.text == f"{request_id} {request_id}"
    assert answer.headers[HEADER] == request_id


@pytest.mark.parametrize("request_id", ["", "a" * 129, "with blank", "<script>", "ä"])
def test_any_other_id_is_replaced_by_a_new_one(app: Flask, request_id: str) -> None:
    first, second = (app.test_client().get("/", headers={HEADER: request_id}) for _ in range(2))

    assert str(uuid.UUID(first.headers[HEADER])) == first.headers[HEADER]
    assert first.text == f"{first.headers[HEADER]} {first.headers[HEADER]}"
    assert first.headers[HEADER] != second.headers[HEADER]


@pytest.mark.parametrize(
    ("header", "traceparent"),
    [
        (TRACEPARENT, TRACEPARENT),
        (TRACEPARENT.upper(), ""),
        (f"{TRACEPARENT}-more", ""),
        ("QUOKKA", ""),
        ("", ""),
    ],
)
def test_only_a_valid_traceparent_goes_on(app: Flask, header: str, traceparent: str) -> None:
    with app.test_request_context(headers={"traceparent": header}):
        assert get_traceparent() == traceparent
