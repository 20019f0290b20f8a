"""Callers of a group commit, and the publish that they wait for."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from tasks.batch import Batch, Log
from tasks.submission.group_commit import GroupCommit
from tests.support.waiting import wait_for

LIMIT = 64 * 1_048_576
"""Bytes that may wait, more than any of these tests needs."""


def make_batch(tenant: str, number: int, *texts: str) -> Batch:
    """Return the batch of a numbered request, by default with one log."""
    logs = tuple(Log(f"{number}-{index}", text) for index, text in enumerate(texts or ("text",)))
    return Batch(tenant, f"request-{number}", logs)


class Gate:
    """Publish that waits for a pass, one call at a time.

    Attributes:
        groups: the ids of the requests in each call.
        passes: to be released once for each call.
    """

    def __init__(self, publish: Callable[[Sequence[Batch]], Sequence[Exception | None]] | None = None) -> None:
        self.groups: list[list[str]] = []
        self.passes = threading.Semaphore(0)
        self._publish = publish or (lambda batches: [None] * len(batches))
        self._lock = threading.Lock()

    def __call__(self, batches: Sequence[Batch]) -> Sequence[Exception | None]:
        """Publish, once there is a pass."""
        with self._lock:
            self.groups.append([batch.request_id for batch in batches])
        assert self.passes.acquire(timeout=60)
        return self._publish(batches)


class Callers:
    """Threads that submit."""

    def __init__(self, group_commit: GroupCommit) -> None:
        self._group_commit = group_commit
        self._threads = ThreadPoolExecutor(100)

    def submit(self, *batches: Batch) -> list["Future[None]"]:
        """Submit each batch in a thread of its own, in this order."""
        futures = []
        for batch in batches:
            before = self._group_commit.waiting_bytes
            futures.append(self._threads.submit(self._group_commit.submit, batch))
            wait_for("a request that waits", partial(self._has_arrived, futures[-1], before), every=0.001)
        return futures

    def _has_arrived(self, future: "Future[None]", before: int) -> bool:
        return self._group_commit.waiting_bytes != before or future.done()

    def close(self) -> None:
        """Wait for all threads."""
        self._threads.shutdown()


def get_results(futures: Sequence["Future[None]"]) -> list[type[BaseException] | None]:
    """Return the type of each call's error, or None."""
    return [type(error) if (error := future.exception(60)) else None for future in futures]
