"""Group commit: requests that arrive during a publish share the next one.

Each tenant has groups of its own. A request that finds its tenant idle publishes at once. Requests that arrive
meanwhile wait; afterwards the first of them publishes for as many as a group may hold. So there is no timer, and
nothing waits while nothing is under way.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from observability import safe_error_summary
from tasks.batch import MAX_REQUEST_ID_CHARACTERS, Batch
from tasks.submission.shared_messages import QueueUnavailable

logger = logging.getLogger(__name__)

# Half a message of SQS: whatever the texts are, JSON, compressed and in base64, a large group fits into one message.
MAX_GROUP_BYTES = 524_288
# One task redacts the logs of a message within its time limit.
MAX_GROUP_LOGS = 1_000
# A publish that fails after this long met an SQS that hangs. Requests that waited for it fail with it, instead of
# waiting for another such publish.
HANG_SECONDS = 2.0
# Estimated memory of a log beside its text and its id.
_LOG_BYTES = 256
# A tenant may have 1/_TENANT_SHARE of the bytes that may wait.
_TENANT_SHARE = 2

Publish = Callable[[Sequence[Batch]], Sequence[Exception | None]]
"""Publishes batches of one tenant together and returns the error of each, in their order, or None."""


class QueueFull(QueueUnavailable):
    """Error of a batch that was not tried, because too much waits."""


@dataclass(eq=False, slots=True)
class _Request:
    """Batch of a waiting caller, and its result once `resolved`."""

    batch: Batch
    size: int
    woken: threading.Event = field(default_factory=threading.Event)
    resolved: bool = False
    error: Exception | None = None


@dataclass(eq=False, slots=True)
class _TenantQueue:
    """Requests of a tenant that publishes.

    `size` includes those that are being published.
    """

    waiting: deque[_Request] = field(default_factory=deque)
    size: int = 0


class GroupCommit:
    """Group commit for threads that publish batches.

    Args:
        publish: called by one thread at a time for a tenant, and by several threads for several tenants.
        max_waiting_bytes: size of all batches that may be in here at once; a tenant may have half of it. A single
            larger request is admitted alone.
    """

    def __init__(self, publish: Publish, max_waiting_bytes: int) -> None:
        self._publish = publish
        self._max_waiting_bytes = max_waiting_bytes
        self._lock = threading.Lock()
        self._queues: dict[str, _TenantQueue] = {}
        self._size = 0

    def submit(self, batch: Batch) -> None:
        """Publish a batch together with those that wait beside it.

        When this returns, SQS has it.

        Raises:
            QueueFull: too much waits already, of this tenant or of all.
            QueueUnavailable: SQS did not accept it.
            Exception: any error that `publish` returned for this batch.
        """
        request = _Request(batch, estimate_size(batch))
        queue, leads = self._enqueue(request)
        if not leads:
            request.woken.wait()
        # A request is woken either by the leader that published it, or unpublished, to lead the next group.
        if not request.resolved:
            self._publish_for_group(queue)
        if request.error is not None:
            raise request.error

    @property
    def waiting_bytes(self) -> int:
        """Size of all batches in here, those that are being published included."""
        return self._size

    def _enqueue(self, request: _Request) -> tuple[_TenantQueue, bool]:
        """Return the tenant's queue, and whether the request is to publish."""
        tenant_id = request.batch.tenant_id
        with self._lock:
            queue = self._queues.get(tenant_id)
            tenant_size = queue.size if queue is not None else 0
            if tenant_size and tenant_size + request.size > self._max_waiting_bytes // _TENANT_SHARE:
                raise QueueFull("too many bytes of this tenant wait for SQS")
            if self._size and self._size + request.size > self._max_waiting_bytes:
                raise QueueFull("too many bytes wait for SQS")
            leads = queue is None
            if queue is None:
                queue = self._queues[tenant_id] = _TenantQueue()
            queue.waiting.append(request)
            queue.size += request.size
            self._size += request.size
        return queue, leads

    def _publish_for_group(self, queue: _TenantQueue) -> None:
        """Publish the first request, which is the caller's, and its group."""
        with self._lock:
            group = _take_group(queue.waiting)
        errors: list[Exception | None] = [QueueUnavailable("the publish was interrupted") for _ in group]
        began = time.monotonic()
        try:
            errors = self._publish_or_fail([request.batch for request in group])
        finally:
            # Also after a SystemExit or a MemoryError here: the other requests wait for this thread without a limit.
            failed = all(isinstance(error, QueueUnavailable) for error in errors)
            self._resolve(queue, group, errors, timed_out=failed and time.monotonic() - began > HANG_SECONDS)

    def _publish_or_fail(self, batches: list[Batch]) -> list[Exception | None]:
        try:
            errors = list(self._publish(batches))
        except Exception as error:  # noqa: BLE001 - it is every caller's, and each raises its own
            count = f"{len(batches)} request{'' if len(batches) == 1 else 's'}"
            logger.error("publishing %s failed: %s", count, safe_error_summary(error))
            return [QueueUnavailable(safe_error_summary(error)) for _ in batches]
        assert len(errors) == len(batches)
        return errors

    def _resolve(
        self, queue: _TenantQueue, group: list[_Request], errors: list[Exception | None], *, timed_out: bool
    ) -> None:
        """Resolve each request of the group, and wake the next leader."""
        with self._lock:
            if timed_out:
                errors += [QueueUnavailable("SQS does not answer") for _ in queue.waiting]
                group += queue.waiting
                queue.waiting.clear()
            size = sum(request.size for request in group)
            queue.size -= size
            self._size -= size
            next_leader = queue.waiting[0] if queue.waiting else None
            if next_leader is None:
                del self._queues[group[0].batch.tenant_id]
        if next_leader is not None:
            next_leader.woken.set()
        for request, error in zip(group, errors, strict=True):
            request.error = error
            request.resolved = True
            request.woken.set()


def estimate_size(batch: Batch) -> int:
    """Return about how many bytes a batch takes in memory."""
    return sum(_LOG_BYTES + _count_bytes(log.log_id) + _count_bytes(log.text) for log in batch.logs)


def _count_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _take_group(waiting: deque[_Request]) -> list[_Request]:
    """Take the first request and those behind it that fit its group."""
    group = [waiting.popleft()]
    size, logs, ids = group[0].size, len(group[0].batch.logs), len(group[0].batch.request_id)
    while waiting:
        candidate = waiting[0]
        size += candidate.size
        logs += len(candidate.batch.logs)
        ids += 1 + len(candidate.batch.request_id)
        if size > MAX_GROUP_BYTES or logs > MAX_GROUP_LOGS or ids > MAX_REQUEST_ID_CHARACTERS:
            break
        group.append(waiting.popleft())
    return group
