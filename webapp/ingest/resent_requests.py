"""Recognize a repeated request whose logs have no ids of their own.

After a 503 SQS may have some of a request's logs: it took a part, or its answer got lost. The client does not know, and
sends all of them again. If the same logs in the same order come from the same tenant soon after, they get the ids
that they had, so that a log that SQS has already is stored once. This holds even for a request that only looks like
the first one: the client was told that the first was not accepted, so as many logs are stored as were accepted.

Each web process remembers only its own requests.
"""

import hashlib
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from tasks.batch import Batch
from webapp.ingest.log_ids import LogIds

KEPT_SECONDS = 600.0
"""A later request is more likely a new one, whose logs would be stored under ids of an earlier time."""
MAX_KEPT = 10_000
MAX_IDENTICAL = 100


class RetriedRequests:
    """Generated ids of requests that got a 503. Safe for threads.

    Args:
        now: a clock in seconds that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        # By fingerprint of the logs, with the time of the last 503 and ordered by it.
        self._kept: OrderedDict[bytes, tuple[float, deque[LogIds]]] = OrderedDict()

    def remember(self, batch: Batch, generated_ids: LogIds) -> None:
        """Remember a tenant's part of a request that gets a 503.

        Args:
            batch: the logs, with their ids.
            generated_ids: the ids of those logs that brought none.
        """
        fingerprint = _fingerprint(batch, generated_ids)
        with self._lock:
            _, identical = self._kept.pop(fingerprint, (0.0, deque[LogIds](maxlen=MAX_IDENTICAL)))
            identical.append(generated_ids)
            self._kept[fingerprint] = self._now(), identical
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)

    def take_previous_ids(self, batch: Batch, generated_ids: LogIds) -> LogIds | None:
        """Return and forget the previous ids of the same logs, or None.

        Args:
            batch: the logs, with their ids.
            generated_ids: the ids of those logs that brought none.
        """
        if not self._kept:
            return None
        fingerprint = _fingerprint(batch, generated_ids)
        with self._lock:
            while self._kept and next(iter(self._kept.values()))[0] < self._now() - KEPT_SECONDS:
                self._kept.popitem(last=False)
            _, identical = self._kept.get(fingerprint, (0.0, deque[LogIds]()))
            if not identical:
                return None
            previous_ids = identical.popleft()
            if not identical:
                del self._kept[fingerprint]
        return previous_ids


def _fingerprint(batch: Batch, generated_ids: LogIds) -> bytes:
    """Hash the logs in their order, without their generated ids."""
    digest = hashlib.blake2b(batch.tenant_id.encode(), digest_size=16)
    for index, log in enumerate(batch.logs):
        own_id = "" if log.log_id == generated_ids.id_at(index) else log.log_id
        for part in (own_id, log.event_time, log.text):
            encoded = part.encode()
            # With the length in front "a" + "bc" differs from "ab" + "c".
            digest.update(len(encoded).to_bytes(4, "big"))
            digest.update(encoded)
    return digest.digest()
