"""Memory budget: who gets memory, who gets a 503."""

import contextvars
from collections.abc import Iterator

import pytest
from flask import Flask

from settings import settings
from webapp.http import memory_budget
from webapp.http.memory_budget import reserve_bytes
from webapp.http.problems import Problem


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(memory_budget, "settings", settings.model_copy(update={"max_memory_bytes": 100}))
    app = Flask(__name__)
    memory_budget.init_app(app)
    yield app
    assert memory_budget._used == 0
    assert not memory_budget._bytes_by_request


class Request:
    """A request in progress, with a context like that of a thread."""

    def __init__(self, app: Flask) -> None:
        self._context = contextvars.Context()
        self._request = app.test_request_context()
        self._context.run(self._request.push)

    def reserve(self, size: int) -> None:
        self._context.run(reserve_bytes, size)

    def end(self) -> None:
        self._context.run(self._request.pop)


def test_the_oldest_request_may_exceed_the_budget(app: Flask) -> None:
    request = Request(app)
    request.reserve(60)
    request.reserve(1000)
    request.end()


def test_a_younger_request_gets_a_503_with_retry_after(app: Flask) -> None:
    oldest, younger = Request(app), Request(app)
    oldest.reserve(60)
    younger.reserve(40)

    with pytest.raises(Problem) as caught:
        younger.reserve(1)

    assert (caught.value.status, caught.value.code) == (503, "busy")
    assert caught.value.headers["Retry-After"] == str(settings.retry_after_seconds)
    younger.end()
    oldest.end()


def test_a_request_that_ends_frees_all_that_it_held(app: Flask) -> None:
    oldest = Request(app)
    oldest.reserve(60)
    for _ in range(3):
        request = Request(app)
        request.reserve(20)
        request.reserve(20)
        request.end()
    oldest.end()


def test_the_next_request_may_exceed_the_budget_when_the_oldest_ends(app: Flask) -> None:
    oldest, younger = Request(app), Request(app)
    oldest.reserve(60)
    younger.reserve(40)
    oldest.end()

    younger.reserve(1000)
    younger.end()
