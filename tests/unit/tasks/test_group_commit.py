"""Requests that arrive while their tenant publishes leave together, and each gets its own verdict."""

import json
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

import celeryconfig
from broker.queues import get_queue_url, sqs_client
from broker.transport.channel import ENVELOPE_BYTES
from broker.transport.sending import MessageTooLarge
from settings import settings
from tasks import app
from tasks.batch import MAX_REQUEST_ID_CHARACTERS, Batch, Log
from tasks.group_commit import (
    MAX_GROUP_BYTES,
    MAX_GROUP_LOGS,
    GroupCommit,
    QueueFull,
    estimate_size,
)
from tasks.shared_messages import QueueUnavailable, publish_batches
from tasks.submission import submit
from tests.support.fault_proxy import FaultProxy
from tests.support.queues import payload, take_all
from tests.support.waiting import wait_for
from topology import MAX_MESSAGE_BYTES, REDACT_QUEUE

LIMIT = 64 * 1_048_576


def batch(tenant: str, number: int, *texts: str) -> Batch:
    logs = tuple(Log(f"{number}-{place}", text) for place, text in enumerate(texts or ("text",)))
    return Batch(tenant, f"request-{number}", logs)


@dataclass(frozen=True)
class Message:
    """What is in the queue: a batch as builtins, and how much is around it."""

    envelope_bytes: int
    payload: dict[str, Any]


class Gate:
    """A publish that waits to be let through, one call at a time, and notes what it was called with."""

    def __init__(self, publish: Callable[[Sequence[Batch]], Sequence[Exception | None]] | None = None) -> None:
        self.groups: list[list[str]] = []
        self.let = threading.Semaphore(0)
        self._publish = publish or (lambda batches: [None] * len(batches))
        self._lock = threading.Lock()

    def __call__(self, batches: Sequence[Batch]) -> Sequence[Exception | None]:
        with self._lock:
            self.groups.append([batch.request_id for batch in batches])
        assert self.let.acquire(timeout=60)
        return self._publish(batches)


class Callers:
    """Threads that submit."""

    def __init__(self, group_commit: GroupCommit) -> None:
        self._group_commit = group_commit
        self._threads = ThreadPoolExecutor(100)

    def submit(self, *batches: Batch) -> list["Future[None]"]:
        """Each in a thread of its own, in this order."""
        futures = []
        for one in batches:
            before = self._group_commit.waiting_bytes
            futures.append(self._threads.submit(self._group_commit.submit, one))
            wait_for("a request that waits", partial(self._has_come, futures[-1], before), every=0.001)
        return futures

    def _has_come(self, future: "Future[None]", before: int) -> bool:
        return self._group_commit.waiting_bytes != before or future.done()

    def close(self) -> None:
        self._threads.shutdown()


@pytest.fixture
def gate() -> Iterator[Gate]:
    mine = Gate()
    yield mine
    mine.let.release(1_000)


def results(futures: Sequence["Future[None]"]) -> list[type[BaseException] | None]:
    return [type(error) if (error := future.exception(60)) else None for future in futures]


def test_one_alone_is_published_at_once(gate: Gate, tenant: str) -> None:
    gate.let.release(2)
    group_commit = GroupCommit(gate, LIMIT)

    group_commit.submit(batch(tenant, 1))
    group_commit.submit(batch(tenant, 2))

    assert gate.groups == [["request-1"], ["request-2"]]
    assert group_commit.waiting_bytes == 0


def test_those_that_arrive_meanwhile_leave_together_in_order(gate: Gate, tenant: str) -> None:
    callers = Callers(GroupCommit(gate, LIMIT))
    first = callers.submit(batch(tenant, 0))
    others = callers.submit(*(batch(tenant, number) for number in range(1, 30)))
    assert not any(future.done() for future in (*first, *others))

    gate.let.release()
    assert results(first) == [None]
    wait_for("the next publish", lambda: len(gate.groups) == 2)
    # The first caller is not kept for the others, and they have no answer before their own publish.
    assert not any(future.done() for future in others)
    gate.let.release()

    assert results(others) == [None] * 29
    assert gate.groups == [["request-0"], [f"request-{number}" for number in range(1, 30)]]
    callers.close()


def test_tenants_do_not_wait_for_one_another(gate: Gate, tenant: str) -> None:
    slow = Gate()
    callers = Callers(GroupCommit(lambda batches: (slow if batches[0].tenant_id == tenant else gate)(batches), LIMIT))
    stuck = callers.submit(batch(tenant, 0), batch(tenant, 1))

    gate.let.release()
    assert results(callers.submit(batch(f"{tenant}-other", 2))) == [None]
    assert not any(future.done() for future in stuck)

    slow.let.release(2)
    assert results(stuck) == [None, None]
    callers.close()


@pytest.mark.parametrize(
    ("texts", "groups"),
    [
        pytest.param(["x"] * (MAX_GROUP_LOGS // 4), [1, 4, 4, 1], id="logs"),
        pytest.param(["x" * (MAX_GROUP_BYTES // 3)], [1, 2, 2, 2, 2, 1], id="bytes"),
        pytest.param(["x" * (MAX_GROUP_BYTES * 2)], [1] * 10, id="one request is never cut"),
    ],
)
def test_a_group_is_bounded(gate: Gate, tenant: str, texts: list[str], groups: list[int]) -> None:
    callers = Callers(GroupCommit(gate, LIMIT))
    futures = callers.submit(*(batch(tenant, number, *texts) for number in range(10)))

    gate.let.release(len(groups))

    assert results(futures) == [None] * 10
    assert [len(group) for group in gate.groups] == groups
    assert [name for group in gate.groups for name in group] == [f"request-{number}" for number in range(10)]
    callers.close()


def test_each_gets_its_own_error(tenant: str) -> None:
    gate = Gate(
        lambda batches: [QueueUnavailable(one.request_id) if one.request_id[-1] in "13" else None for one in batches]
    )
    callers = Callers(GroupCommit(gate, LIMIT))
    futures = callers.submit(*(batch(tenant, number) for number in range(5)))

    gate.let.release(2)

    assert results(futures) == [None, QueueUnavailable, None, QueueUnavailable, None]
    assert str(futures[3].exception()) == "request-3"
    callers.close()


@pytest.mark.parametrize("error", [RuntimeError("QUOKKA"), SystemExit("QUOKKA")])
def test_a_leader_that_breaks_off_leaves_nobody_waiting(tenant: str, error: BaseException) -> None:
    def publish(batches: Sequence[Batch]) -> Sequence[Exception | None]:
        if len(batches) == 3:
            raise error
        return [None] * len(batches)

    gate = Gate(publish)
    group_commit = GroupCommit(gate, LIMIT)
    callers = Callers(group_commit)
    futures = callers.submit(*(batch(tenant, number) for number in range(4)))
    gate.let.release()
    wait_for("the group that fails", lambda: len(gate.groups) == 2)
    later = callers.submit(batch(tenant, 4), batch(tenant, 5))

    gate.let.release(2)

    leader = type(error) if isinstance(error, SystemExit) else QueueUnavailable
    assert results(futures) == [None, leader, QueueUnavailable, QueueUnavailable]
    assert "QUOKKA" not in str(futures[2].exception())
    assert results(later) == [None, None]
    assert group_commit.waiting_bytes == 0
    callers.close()


def test_a_full_tenant_is_refused_at_once_and_leaves_room_for_others(gate: Gate, tenant: str) -> None:
    size = estimate_size(batch(tenant, 0))
    group_commit = GroupCommit(gate, 8 * size)
    callers = Callers(group_commit)
    waiting = callers.submit(*(batch(tenant, number) for number in range(4)))

    with pytest.raises(QueueFull):
        group_commit.submit(batch(tenant, 4))
    waiting += callers.submit(*(batch(f"{tenant}-b", number) for number in range(3)))
    waiting += callers.submit(batch(f"{tenant}-c", 0))
    with pytest.raises(QueueFull):
        group_commit.submit(batch(f"{tenant}-b", 3))

    assert not any(future.done() for future in waiting)
    gate.let.release(100)
    assert results(waiting) == [None] * 8
    group_commit.submit(batch(tenant, 4))
    callers.close()


def test_one_request_larger_than_what_may_wait_is_let_in_alone(gate: Gate, tenant: str) -> None:
    group_commit = GroupCommit(gate, 1)
    callers = Callers(group_commit)
    large = callers.submit(batch(tenant, 0))

    for other in (tenant, f"{tenant}-other"):
        with pytest.raises(QueueFull):
            group_commit.submit(batch(other, 1))

    gate.let.release()
    assert results(large) == [None]
    callers.close()


@pytest.fixture
def network(proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """What the application publishes through."""
    assert settings.endpoint is not None
    url = celeryconfig.broker_url.replace(settings.endpoint.netloc, proxy.url.removeprefix("http://"))
    sqs = sqs_client()
    sqs.purge_queue(QueueUrl=get_queue_url(sqs, REDACT_QUEUE))  # also what somebody still holds
    monkeypatch.setattr(app.conf, "broker_write_url", url)
    reconnect()
    yield proxy
    proxy.clear()
    monkeypatch.undo()
    reconnect()


def reconnect() -> None:
    """The next publish opens connections anew."""
    app._pool = None
    app.amqp._producer_pool = None


def queued() -> list[Message]:
    """Takes everything off the queue."""
    return [
        Message(len(message["Body"]) - len(json.loads(message["Body"])["body"]), payload(message))
        for message in take_all(REDACT_QUEUE)
    ]


def ids_of(messages: Sequence[Message]) -> list[str]:
    return sorted(log["log_id"] for message in messages for log in message.payload["logs"])


def incompressible(size: int) -> str:
    return secrets.token_urlsafe(size * 3 // 4)[:size]


def test_many_threads_few_calls_and_every_log_once(network: FaultProxy, tenant: str) -> None:
    network.delay_seconds = 0.05
    with ThreadPoolExecutor(32) as threads:
        list(threads.map(lambda number: submit(batch(tenant, number)), range(320)))

    # 32 threads have 16 requests under way and 16 that wait, or more in one and less in the other.
    assert network.calls["SendMessageBatch"] <= 320 / 4
    assert network.calls["SendMessage"] == 0
    # The last poll of a worker that has just ended may have been given one, which then comes back.
    taken: list[Message] = []
    wait_for("every log", lambda: taken.extend(queued()) or len(ids_of(taken)) >= 320)
    assert ids_of(taken) == sorted(f"{number}-0" for number in range(320))


def test_a_group_is_one_message_with_all_that_its_requests_said(network: FaultProxy, tenant: str) -> None:
    class Traced(Batch, frozen=True):
        traceparent: str = ""

    logs = (Log("a", "one"), Log("b", "two")), (Log("a", "another text under the same id"),), (Log("c", "three"),)
    group = [Traced(tenant, f"r{place}", its, f"trace-{place}" if place else "") for place, its in enumerate(logs)]

    assert publish_batches(group) == [None, None, None]

    (message,) = queued()
    assert message.payload["tenant_id"] == tenant
    assert message.payload["request_id"] == "r0,r1,r2"
    assert message.payload["traceparent"] == "trace-1"
    assert [(log["log_id"], log["text"]) for log in message.payload["logs"]] == [
        ("a", "one"),
        ("b", "two"),
        ("a", "another text under the same id"),
        ("c", "three"),
    ]


def test_a_group_of_long_ids_fits_into_a_message(network: FaultProxy, tenant: str) -> None:
    calls = Gate(publish_batches)
    callers = Callers(GroupCommit(calls, LIMIT))
    long = [Batch(tenant, f"{number:03}".ljust(128, "x"), (Log(f"{number}", "text"),)) for number in range(90)]

    futures = callers.submit(*long)

    calls.let.release(10)

    assert results(futures) == [None] * 90
    callers.close()
    assert max(len(message.payload["request_id"]) for message in queued()) <= MAX_REQUEST_ID_CHARACTERS
    full = MAX_REQUEST_ID_CHARACTERS // 129
    assert publish_batches(long[:full]) == [None] * full
    (message,) = queued()
    assert message.envelope_bytes < ENVELOPE_BYTES


def test_a_log_that_no_message_holds_fails_its_own_request_only(network: FaultProxy, tenant: str) -> None:
    whole, large = batch(tenant, 1), batch(tenant, 2, "text", incompressible(MAX_MESSAGE_BYTES))

    errors = publish_batches([whole, large, batch(tenant, 3, "a", "b")])

    assert [type(error) for error in errors] == [type(None), MessageTooLarge, type(None)]
    assert ids_of(queued()) == ["1-0", "3-0", "3-1"]
    with pytest.raises(MessageTooLarge):
        submit(large)


def test_requests_whose_messages_were_taken_succeed_and_the_others_do_not(network: FaultProxy, tenant: str) -> None:
    text = incompressible(600_000)  # two of them are too large for a message
    group = [batch(tenant, 1, text), batch(tenant, 2, text, text), batch(tenant, 3, text)]
    network.fail_entries("SendMessageBatch", every=2)

    errors = publish_batches(group)

    # The second message holds the first log of the second request, the fourth the third request.
    assert [type(error) for error in errors] == [type(None), QueueUnavailable, QueueUnavailable]
    assert errors[1] is not errors[2]
    assert ids_of(queued()) == ["1-0", "2-1"]


@pytest.mark.parametrize("opened", [True, False], ids=["connection open", "no connection yet"])
def test_an_sqs_that_refuses_fails_all_and_later_ones_are_tried_again(
    network: FaultProxy, tenant: str, opened: bool
) -> None:
    if opened:
        submit(batch(tenant, 0))
    network.status(503, "ServiceUnavailable", "sqs")

    assert [type(error) for error in publish_batches([batch(tenant, 1), batch(tenant, 2)])] == [QueueUnavailable] * 2
    with pytest.raises(QueueUnavailable):
        submit(batch(tenant, 3))
    network.clear()
    submit(batch(tenant, 4))

    assert ids_of(queued()) == [*(["0-0"] if opened else []), "4-0"]


def test_those_that_wait_for_an_sqs_that_hangs_are_told_with_the_first(network: FaultProxy, tenant: str) -> None:
    submit(batch(tenant, 0))
    network.hang("SendMessageBatch")
    before = network.calls["SendMessageBatch"]
    callers = Callers(GroupCommit(publish_batches, LIMIT))

    # Each would be a publish of its own.
    futures = callers.submit(*(batch(tenant, number, "x" * MAX_GROUP_BYTES) for number in range(1, 6)))

    assert results(futures) == [QueueUnavailable] * 5
    assert network.calls["SendMessageBatch"] == before + 2  # botocore tries twice
    callers.close()
