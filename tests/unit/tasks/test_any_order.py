"""Messages delivered in any order, any number of times, to killed workers.

Each log is stored once, or in the failure queue once, also if a process is killed at any call to AWS.

The tasks run in this process as a worker's pool runs them, on the real queues and the real table; what they publish is
delivered next. SQS may deliver any message again at any time, so nothing that was ever in a queue is forgotten.
"""

import base64
import json
import threading
import uuid
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.httpsession import URLLib3Session
from celery import chain
from celery.app.trace import trace_task
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broker.failures.dead_letter import parse_dead_letter
from local.engine import Engine
from models import LogRecord
from tasks import app
from tasks.redact import redact
from tasks.store import store
from tests.support.failure_queue import purge
from tests.support.queues import take_all
from topology import FAILURES_QUEUE, REDACT_QUEUE, STORE_QUEUE, TASK_QUEUES

BATCHES = (
    (("a", "mail ada@example.com"), ("b", "first"), ("c", "3")),
    (("a", "mail ada@example.com"), ("b", "second"), ("d", "4")),
    (("b", "third"), ("b", "fourth"), ("b", "third")),
    (("b", "fourth"), ("c", "another 3")),
)
TASKS = {task.name: task for task in (redact, store)}
SENT = {log for batch in BATCHES for log in batch}
REDACTED = {"mail ada@example.com": "mail [EMAIL]"}


class Killed(BaseException):
    """End of a process like SIGKILL: no error handler runs after it."""


@dataclass(frozen=True)
class Kill:
    """Kill before a task's nth call to AWS, or after it."""

    call: int
    is_done: bool


@contextmanager
def killed(kill: Kill | None) -> Iterator[None]:
    calls = 0
    send = URLLib3Session.send

    def send_or_die(self: URLLib3Session, request: Any) -> Any:
        nonlocal calls
        if threading.current_thread().name == "activity":  # beside the tasks; its end would be no task's
            return send(self, request)
        calls += 1
        dies = kill is not None and calls > kill.call
        if dies and not (kill and kill.is_done):
            raise Killed
        answer = send(self, request)
        if dies:
            raise Killed
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", send_or_die)
        try:
            yield
        except Killed:
            assert kill is not None


@dataclass
class Queues:
    """All messages that were ever in the queues."""

    tenant: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    dead: list[dict[str, Any]] = field(default_factory=list)

    def take(self) -> None:
        """Add what was published since."""
        for queue, kept in ((REDACT_QUEUE, self.messages), (STORE_QUEUE, self.messages), (FAILURES_QUEUE, self.dead)):
            kept += map(dict, take_all(queue))

    def deliver(self, message: dict[str, Any], kill: Kill | None = None) -> None:
        """Deliver a message to a worker that may be killed."""
        envelope = json.loads(message["Body"])
        headers = envelope["headers"]
        args, kwargs, embedded = json.loads(zlib.decompress(base64.b64decode(envelope["body"])))
        delivery = {"delivery_info": {"routing_key": TASK_QUEUES[headers["task"]], "redelivered": False}}
        with killed(kill):
            trace_task(TASKS[headers["task"]], headers["id"], args, kwargs, headers | embedded | delivery, app=app)
        self.take()

    def failed(self) -> Counter[tuple[str, str]]:
        """Count log ids and texts in failures, without copies, as `failures list`."""
        letters = {parse_dead_letter(message).id: message for message in self.dead}
        payloads = (
            json.loads(zlib.decompress(base64.b64decode(json.loads(message["Body"])["body"])))[0][0]
            for message in letters.values()
        )
        return Counter((log["log_id"], log["original_text"]) for payload in payloads for log in payload["logs"])


Plan = list[tuple[int, Kill | None]]
kills = st.none() | st.builds(Kill, st.integers(0, 4), st.booleans())


@given(plan=st.lists(st.tuples(st.integers(0, 30), kills), max_size=14))
@example([(3, None), (4, None), (2, None), (5, None)])  # a conflict and the stored text, in one batch
@settings(max_examples=25, deadline=None, derandomize=True)
def test_each_log_is_stored_once_or_in_the_failure_queue_once(engine: Engine, plan: Plan) -> None:
    purge()
    queues = Queues(f"tenant-{uuid.uuid4().hex}")
    for number, batch in enumerate(BATCHES):
        logs = [{"log_id": log_id, "text": text} for log_id, text in batch]
        payload = {"tenant_id": queues.tenant, "request_id": str(number), "logs": logs}
        chain(redact.s(payload), store.s()).apply_async()
        queues.take()

    for choice, kill in plan:
        queues.deliver(queues.messages[choice % len(queues.messages)], kill)
    # And each to its end at last. What comes of it is delivered too.
    for message in queues.messages:
        queues.deliver(message)

    stored = {(record.log_id, record.original_text) for record in LogRecord.for_tenant(queues.tenant).records}
    assert Counter(log_id for log_id, _ in stored) == Counter("abcd")
    assert stored <= SENT
    assert queues.failed() == Counter(SENT - stored)
    for record in LogRecord.for_tenant(queues.tenant).records:
        assert record.modified_text == REDACTED.get(record.original_text, record.original_text)
