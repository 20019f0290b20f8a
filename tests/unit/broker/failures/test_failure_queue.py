"""The failure queue: foreign messages, many messages, and outages."""

import base64
import json
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from broker.failures import failure_queue
from broker.failures.dead_letter import UNREADABLE, parse_dead_letter
from broker.failures.failure_queue import FailureQueue
from broker.failures.held_messages import HIDDEN_SECONDS, HeldMessages
from broker.queues import get_queue_url, sqs_client
from foundation import aws_clients
from settings import settings
from tests.support.failure_queue import fail, in_redact, visible
from tests.support.fault_proxy import FaultProxy
from tests.support.waiting import wait_for
from topology import FAILURES_QUEUE

TASK = "tasks.redact.redact"
LOGS = {"tenant_id": "t", "logs": [{"log_id": "a", "text": "QUOKKA"}]}


def message(body: str) -> dict[str, Any]:
    """Return a message as boto3 receives it."""
    return {"MessageId": "1", "ReceiptHandle": "r", "Body": body, "Attributes": {"SentTimestamp": "1769860800000"}}


def envelope(content: bytes, **headers: object) -> str:
    return json.dumps({"body": base64.b64encode(content).decode(), "headers": {"task": TASK, "id": "1", **headers}})


def task(payload: object = LOGS, chain: object = None, **headers: object) -> str:
    return envelope(json.dumps([[payload], {}, {"chain": chain}]).encode(), **headers)


@pytest.mark.parametrize(
    "body",
    [
        "QUOKKA",
        "null",
        "5" * 5000,
        "[" * 100_000,
        '{"headers": 5}',
        '{"headers": {"task": ["QUOKKA"]}}',
        '{"headers": {"task": "tasks.redact.redact"}, "body": 5}',
        envelope(b"QUOKKA"),
        envelope(b"null"),
        envelope(b"[[], {}, {}]"),
        envelope(b"[[1], {}]"),
        envelope(b"[[1], {}, null]"),
        envelope(b"[" * 100_000),
        envelope(b"\x78QUOKKA"),
        envelope(b"QUOKKA", compression="application/x-gzip"),
        task(chain=["QUOKKA"]),
        task(task="no.such.task"),
        task(reason="QUOKKA", task="no.such.task"),
    ],
)
def test_a_foreign_message_is_unreadable(body: str) -> None:
    letter = parse_dead_letter(message(body))

    assert (letter.reason, letter.origin_queue, letter.log_ids) == (UNREADABLE, "", ())
    assert letter.failed_at == "2026-01-31T12:00:00.000+00:00"
    assert letter.expires_at == "2026-02-14T12:00:00.000+00:00"
    assert "QUOKKA" not in json.dumps(letter.to_public_dict())


@pytest.mark.parametrize("strange", ["\x1b[2J", "x" * 5000, 5, ["QUOKKA"], "31.1.2026", "2026-01-31T12:00:00", None])
def test_unfit_headers_are_not_shown(strange: object) -> None:
    names = ("failed_at", "reason", "tenant_id", "request_id", "exception", "detail")

    letter = parse_dead_letter(message(task(**dict.fromkeys(names, strange), attempts=strange)))

    assert letter.age_seconds > 0
    assert all(shown.isprintable() and len(shown) < 3000 for shown in map(str, letter.to_public_dict().values()))


def test_a_message_that_grows_large_can_run_again() -> None:
    logs = [{"log_id": str(number), "text": "x" * 100_000} for number in range(1000)]

    content = json.dumps([[{"tenant_id": "t", "logs": logs}], {}, {}]).encode()
    letter = parse_dead_letter(message(envelope(zlib.compress(content), reason="conflict")))

    assert (letter.reason, letter.origin_queue) == ("conflict", "redact")


def test_copies_have_the_same_id_and_other_failures_another() -> None:
    def get_id(*args: object, **headers: object) -> str:
        return parse_dead_letter(message(task(*args, **headers))).id

    first = get_id(id="1", failed_at="2026-01-31T12:00:00+00:00", attempts=1)

    assert first == get_id({**LOGS, "request_id": "another"}, id="2")
    assert (
        len(
            {
                first,
                get_id(reason="conflict"),
                get_id(tenant_id="another"),
                get_id(chain=[{"task": "tasks.store.store"}]),
                get_id(task="tasks.store.store"),
                get_id({**LOGS, "logs": [{"log_id": "b", "text": "QUOKKA"}]}),
                get_id({**LOGS, "logs": [{"log_id": "a", "text": "another"}]}),
                get_id({"nonsense": 1}, id="1"),
                get_id({"nonsense": 1}, id="2"),
                get_id({"nonsense": 2}, id="1"),
            }
        )
        == 10
    )


@pytest.fixture
def through(proxy: FaultProxy, empty_failure_queue: None, monkeypatch: pytest.MonkeyPatch) -> FaultProxy:
    """Make FailureQueue reach SQS through the proxy."""
    monkeypatch.setattr(aws_clients, "settings", settings.model_copy(update={"aws_endpoint_url": proxy.url}))
    return proxy


def test_each_dead_letter_is_yielded_once(through: FaultProxy, tenant: str) -> None:
    for number in range(300):
        fail(tenant, str(number))

    with FailureQueue() as letters:
        seen = [letter.log_ids[0] for letter in letters]
        assert visible() == 0

    assert sorted(seen, key=int) == [str(number) for number in range(300)]
    assert letters.is_complete
    assert visible() == 300
    assert through.calls["ReceiveMessage"] + through.calls["ChangeMessageVisibilityBatch"] < 0.3 * 300


def test_a_redriven_message_that_fails_again_is_not_taken_for_a_copy(through: FaultProxy, tenant: str) -> None:
    fail(tenant, "a")

    with FailureQueue() as letters:
        reading = iter(letters)
        assert len(list(letters.redrive([next(reading)]))) == 1
        fail(tenant, "a")  # as a worker that has run it by now
        assert list(reading) == []

    assert visible() == 1


def test_hidden_messages_stay_hidden_while_they_are_looked_at(through: FaultProxy, tenant: str) -> None:
    fail(tenant, "a")
    held = HeldMessages(sqs_client(), get_queue_url(sqs_client(), FAILURES_QUEUE))
    assert len(held.receive()) == 1
    later = time.monotonic() + HIDDEN_SECONDS + 1

    def is_later() -> bool:
        held.extend(executor)
        return time.monotonic() > later

    with ThreadPoolExecutor(1) as executor:
        wait_for("a time when it would be visible", is_later)
        assert visible() == 0
        assert list(held.give_back(executor)) == [1]
    assert visible() == 1
    assert through.calls["ChangeMessageVisibilityBatch"] <= 4


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make SQS hand out 60 messages at most.

    Readers may bring all but 20 of them before that is noticed.
    """
    monkeypatch.setattr(failure_queue, "READERS", 2)
    monkeypatch.setattr(failure_queue, "MAX_HELD", 60)


@pytest.mark.usefixtures("few")
def test_reading_ends_when_sqs_hands_out_no_more(through: FaultProxy, tenant: str) -> None:
    for number in range(100):
        fail(tenant, str(number))

    with FailureQueue() as letters:
        seen = list(letters)
        assert 40 <= len(seen) < 100
        assert len(seen) == len(letters)
        assert (letters.is_full, letters.is_complete) == (True, False)
    with FailureQueue() as letters:
        for letter in letters:
            letters.discard([letter])
        assert (letters.is_full, letters.is_complete) == (False, True)
    assert visible() == 0


def test_reading_ends_when_sqs_answers_over_limit(through: FaultProxy, tenant: str) -> None:
    fail(tenant, "a")
    through.status(400, "AWS.SimpleQueueService.OverLimit", "ReceiveMessage")

    with FailureQueue() as letters:
        assert list(letters) == []

    assert (letters.is_full, letters.is_complete) == (True, False)


Act = Callable[[FailureQueue, Any], object]


@pytest.mark.parametrize(
    "act", [lambda letters, letter: list(letters.redrive([letter])), lambda letters, letter: letters.discard([letter])]
)
def test_an_outage_in_the_middle_loses_nothing(through: FaultProxy, tenant: str, act: Act) -> None:
    for number in range(40):
        fail(tenant, str(number))

    def redrive_or_discard() -> Iterator[int]:
        with FailureQueue() as letters:
            for done, letter in enumerate(letters):
                act(letters, letter)
                if done == 9:
                    through.refuse("sqs")
                yield done

    with pytest.raises(BotoCoreError):
        list(redrive_or_discard())
    through.clear()

    back = len(in_redact())
    wait_for("the others", lambda: visible() == 30)
    assert back in (0, 10)


def test_redrive_deletes_a_dead_letter_only_after_sqs_has_the_copy(through: FaultProxy, tenant: str) -> None:
    for number in range(20):
        fail(tenant, str(number))
    through.fail_entries("SendMessageBatch", every=2)

    with FailureQueue() as letters:
        back = list(letters.redrive(list(letters)))

    assert len(back) == 10
    assert len(in_redact()) == 10
    assert visible() == 10
