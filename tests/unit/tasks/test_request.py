"""Request: which messages it accepts, and what it shows of them."""

from types import SimpleNamespace
from typing import Any

import pytest
from celery.exceptions import InvalidTaskError

from tasks import app
from tasks.redact import redact
from tasks.request import Request, validate_message

HEADERS = {"id": "8bd4a1d6-1f0c-4f43-9f9e-1c7ae1ffa8d5", "task": redact.name, "retries": 2}
BATCH = {"tenant_id": "tenant-1", "request_id": "request-1", "logs": [{"log_id": "a", "text": "QUOKKA"}]}
EMBEDDED = {"callbacks": None, "errbacks": None, "chain": [{"task": "tasks.store.store"}], "chord": None}


def test_validation_returns_the_batch() -> None:
    assert validate_message(HEADERS, [[BATCH], {}, EMBEDDED]) == BATCH


def test_a_message_without_arguments_has_no_batch() -> None:
    assert validate_message({"id": "1"}, [[], {}, None]) is None


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(None, id="none"),
        pytest.param({}, id="no id"),
        pytest.param({"id": 5}, id="an id that is a number"),
        pytest.param({"id": "QUOKKA is a text"}, id="an id with spaces"),
        pytest.param({"id": "1", "retries": "QUOKKA"}, id="retries that are a string"),
        pytest.param({"id": "1", "retries": -1}, id="negative retries"),
        pytest.param({"id": "1", "eta": 5}, id="an eta that is a number"),
        pytest.param({"id": "1", "timelimit": ["QUOKKA", None]}, id="a time limit that is a string"),
        pytest.param({"id": "1", "shadow": "QUOKKA"}, id="a name to show in the place of the task's"),
        pytest.param({"id": "1", "group": "g"}, id="a group"),
    ],
)
def test_foreign_headers_are_refused(headers: Any) -> None:
    with pytest.raises(InvalidTaskError) as refused:
        validate_message(headers, [[BATCH], {}, EMBEDDED])
    assert "QUOKKA" not in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("QUOKKA", id="a string"),
        pytest.param([[BATCH]], id="no keyword arguments"),
        pytest.param([BATCH, {}, EMBEDDED], id="arguments that are no list"),
        pytest.param([[BATCH], [], EMBEDDED], id="keyword arguments that are a list"),
        pytest.param([[BATCH], {}, {"callbacks": [{"task": "QUOKKA"}]}], id="callbacks"),
        pytest.param([[BATCH], {}, {"chord": {"task": "QUOKKA"}}], id="a chord"),
        pytest.param([[BATCH], {}, {"chain": ["QUOKKA"]}], id="a chain of strings"),
    ],
)
def test_foreign_content_is_refused(content: Any) -> None:
    with pytest.raises(InvalidTaskError) as refused:
        validate_message(HEADERS, content)
    assert "QUOKKA" not in str(refused.value)


def request(**headers: object) -> Request:
    """Return the request of a message, as a worker makes it."""
    message = SimpleNamespace(
        headers=HEADERS | headers,
        payload=[[BATCH], {}, EMBEDDED],
        body=[[BATCH], {}, EMBEDDED],
        content_type="application/json",
        content_encoding="utf-8",
        delivery_info={"exchange": "", "routing_key": "redact"},
        properties={},
    )
    return Request(message, app=app, task=redact, decoded=True, headers=None)


def test_the_shown_arguments_are_replaced() -> None:
    shown = request(argsrepr="QUOKKA", kwargsrepr="QUOKKA").info()

    assert (shown["args"], shown["kwargs"]) == ("(1 log of tenant tenant-1)", "{}")


def test_the_arguments_are_not_shown_though_they_are_asked_for() -> None:
    assert "QUOKKA" not in repr(request().info(safe=False))


def test_the_task_is_given_the_arguments() -> None:
    assert request().args == [BATCH]
