"""What nobody foresaw is a 500 that shows nothing."""

import logging

import pytest

from webapp import create_app


def test_an_unexpected_error_shows_neither_its_message_nor_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
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
