"""One publish for many requests: what arrives while a tenant publishes leaves together in its next publish.

A request that finds its tenant idle publishes at once. Those that come meanwhile wait; after it the first of them
publishes for as many as a group may hold. So there is no timer, and nothing waits while nothing is under way.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from observability import safe_error_summary
from tasks.batch import Batch

logger = logging.getLogger(__name__)

# Half a message of SQS: whatever the texts are, JSON, compressed and in base64, a group of many is one message.
MAX_GROUP_BYTES = 524_288
# The logs of a message are redacted within one task's time limit.
MAX_GROUP_LOGS = 1_000
# Ids go with the message's headers too, where the transport leaves them 32 KiB in all.
MAX_GROUP_ID_CHARACTERS = 8_192
# A publish that fails after this long met an SQS that hangs. Those that waited for it are not made to wait for theirs.
HANG_SECONDS = 2.0
# What a log costs in memory besides its text and its id.
_LOG_BYTES = 256
_TENANT_SHARE = 2

Publish = Callable[[Sequence[Batch]], Sequence[Exception | None]]
"""Publishes batches of one tenant together; what became of each, in their order: None for what SQS has."""


class QueueUnavailable(Exception):
    """SQS did not take the batch: nothing was accepted."""


class QueueFull(QueueUnavailable):
    """Too much waits for SQS already: the batch was not even tried."""


@dataclass(eq=False, slots=True)
class _Request:
    """A caller's batch, and what became of it once `settled`."""

    batch: Batch
    size: int
    awake: threading.Event = field(default_factory=threading.Event)
    settled: bool = False
    error: Exception | None = None


@dataclass(eq=False, slots=True)
class _Line:
    """The requests of a tenant that publishes. `size` is of those that wait and of those under way."""

    waiting: deque[_Request] = field(default_factory=deque)
    size: int = 0


class GroupCommit:
    """Lets threads publish together.

    Args:
        publish: called by one thread a tenant at a time, and by those of several tenants at once.
        max_waiting_bytes: that callers may have in here at once; a tenant's callers half of them. One request larger
            than that is let in alone.
    """

    def __init__(self, publish: Publish, max_waiting_bytes: int) -> None:
        self._publish = publish
        self._max_waiting_bytes = max_waiting_bytes
        self._lock = threading.Lock()
        self._lines: dict[str, _Line] = {}
        self._size = 0

    def submit(self, batch: Batch) -> None:
        """Publish a batch with those that wait beside it. When this returns, SQS has it.

        Raises:
            QueueFull: too much waits already, of this tenant or of all.
            QueueUnavailable: SQS did not take it.
            Exception: whatever `publish` reported for this batch alone.
        """
        request = _Request(batch, size_of(batch))
        line, leads = self._join(request)
        if not leads:
            request.awake.wait()
        if not request.settled:
            self._lead(line)
        if request.error is not None:
            raise request.error

    @property
    def waiting_bytes(self) -> int:
        """What callers have in here now, those that publish included."""
        return self._size

    def _join(self, request: _Request) -> tuple[_Line, bool]:
        """The tenant's line with the request in it, and whether it is the one to publish."""
        tenant_id = request.batch.tenant_id
        with self._lock:
            line = self._lines.get(tenant_id)
            mine = line.size if line is not None else 0
            if mine and mine + request.size > self._max_waiting_bytes // _TENANT_SHARE:
                raise QueueFull("too many bytes of this tenant wait for SQS")
            if self._size and self._size + request.size > self._max_waiting_bytes:
                raise QueueFull("too many bytes wait for SQS")
            leads = line is None
            if line is None:
                line = self._lines[tenant_id] = _Line()
            line.waiting.append(request)
            line.size += request.size
            self._size += request.size
        return line, leads

    def _lead(self, line: _Line) -> None:
        """Publish the caller's request, which is the first in the line, and those behind it."""
        with self._lock:
            group = _take_group(line.waiting)
        errors: list[Exception | None] = [QueueUnavailable("its publish broke off") for _ in group]
        began = time.monotonic()
        try:
            errors = self._errors_of([request.batch for request in group])
        finally:
            # Whatever happened, nobody may wait for this thread any more.
            failed = all(isinstance(error, QueueUnavailable) for error in errors)
            self._settle(line, group, errors, hangs=failed and time.monotonic() - began > HANG_SECONDS)

    def _errors_of(self, batches: list[Batch]) -> list[Exception | None]:
        try:
            errors = list(self._publish(batches))
        except Exception as error:  # noqa: BLE001 - it is every caller's, and each raises its own
            logger.error("publishing %s requests failed: %s", len(batches), safe_error_summary(error))
            return [QueueUnavailable(safe_error_summary(error)) for _ in batches]
        assert len(errors) == len(batches)
        return errors

    def _settle(self, line: _Line, group: list[_Request], errors: list[Exception | None], *, hangs: bool) -> None:
        """Tell each what became of it, and wake the next to publish."""
        with self._lock:
            if hangs:
                errors += [QueueUnavailable("SQS hangs") for _ in line.waiting]
                group += line.waiting
                line.waiting.clear()
            size = sum(request.size for request in group)
            line.size -= size
            self._size -= size
            following = line.waiting[0] if line.waiting else None
            if following is None:
                del self._lines[group[0].batch.tenant_id]
        if following is not None:
            following.awake.set()
        for request, error in zip(group, errors, strict=True):
            request.error = error
            request.settled = True
            request.awake.set()


def size_of(batch: Batch) -> int:
    """About how many bytes a batch takes in memory."""
    return sum(_LOG_BYTES + _bytes_of(log.log_id) + _bytes_of(log.text) for log in batch.logs)


def _bytes_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _take_group(waiting: deque[_Request]) -> list[_Request]:
    """The first request, and those behind it for as long as they are no more than a group may hold."""
    group = [waiting.popleft()]
    size, logs, ids = group[0].size, len(group[0].batch.logs), len(group[0].batch.request_id)
    while waiting:
        following = waiting[0]
        size += following.size
        logs += len(following.batch.logs)
        ids += 1 + len(following.batch.request_id)
        if size > MAX_GROUP_BYTES or logs > MAX_GROUP_LOGS or ids > MAX_GROUP_ID_CHARACTERS:
            break
        group.append(waiting.popleft())
    return group
