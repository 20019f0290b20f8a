"""Problem documents: of problems, of routing, of unexpected errors."""

import logging

import pytest

from settings import settings
from webapp import create_app
from webapp.http.problems import Problem, unavailable


def test_an_unexpected_error_shows_neither_message_nor_traceback(caplog: pytest.LogCaptureFixture) -> None:
    app = create_app()

    @app.post("/broken")
    def broken() -> str:
        raise ValueError("QUOKKA")

    with caplog.at_level(logging.DEBUG):
        answer = app.test_client().post("/broken", data=b"QUOKKA", headers={"X-Request-Id": "r-1"})

    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert (answer.json["code"], answer.json["request_id"]) == ("internal_error", "r-1")
    assert "QUOKKA" not in answer.text
    assert "Traceback" not in answer.text
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "request r-1 failed: ValueError at test_problems.py" in logged
    assert "QUOKKA" not in logged
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nothing", 404, "not_found"), ("PUT", "/ingest", 405, "method_not_allowed")],
)
def test_routing_errors_are_problem_documents_too(method: str, path: str, status: int, code: str) -> None:
    answer = create_app().test_client().open(path, method=method)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json is not None
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_problem_keeps_headers_and_members() -> None:
    app = create_app()

    @app.get("/problem")
    def fail() -> str:
        raise Problem(429, "rate_limited", "Send less.", {"Retry-After": "3"}, {"errors": [1]})

    answer = app.test_client().get("/problem", headers={"X-Request-Id": "r-1"})

    assert answer.headers["Retry-After"] == "3"
    assert answer.json == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Send less.",
        "code": "rate_limited",
        "request_id": "r-1",
        "errors": [1],
    }


def test_unavailable_is_a_503_with_retry_after() -> None:
    problem = unavailable("busy", "Send it again.")

    assert (problem.status, problem.headers) == (503, {"Retry-After": str(settings.retry_after_seconds)})
