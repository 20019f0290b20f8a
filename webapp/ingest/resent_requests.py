"""Telling a request that is sent again from a new one, where its logs have no ids of their own.

After a 503 SQS may have some of a request's logs: it took a part, or its answer got lost. The client knows of none and
sends all of it again. When the same logs in the same order come from the same tenant soon after, they get the ids that
they had, and what is stored of them already is stored once. The client was told that the first request was not
accepted, so even where the second one only looks like it, as many are stored as were accepted.

Each web process knows only what it refused itself.
"""

import hashlib
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from tasks.batch import Batch
from webapp.ingest.log_ids import LogIds

KEPT_SECONDS = 600.0
"""Later it is more likely another one: of logs without a time, that would be stored under an old id."""
MAX_KEPT = 10_000
MAX_ALIKE = 100


class Refusals:
    """The ids of logs in requests that were refused; for threads.

    Args:
        now: seconds by a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        # By what identifies the logs, with the time of the last refusal; in the order of that time.
        self._kept: OrderedDict[bytes, tuple[float, deque[LogIds]]] = OrderedDict()

    def note(self, batch: Batch, ids: LogIds) -> None:
        """Remember a tenant's part of a request that is refused.

        Args:
            batch: with its ids.
            ids: those that were given to it.
        """
        identity = _identity(batch, ids)
        with self._lock:
            _, alike = self._kept.pop(identity, (0.0, deque[LogIds](maxlen=MAX_ALIKE)))
            alike.append(ids)
            self._kept[identity] = self._now(), alike
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)

    def ids_of_refused(self, batch: Batch, ids: LogIds) -> LogIds | None:
        """The ids that the same logs had when they were refused, which are forgotten then; None if they were not.

        Args:
            batch: with its ids.
            ids: those that were given to it.
        """
        if not self._kept:
            return None
        identity = _identity(batch, ids)
        with self._lock:
            while self._kept and next(iter(self._kept.values()))[0] < self._now() - KEPT_SECONDS:
                self._kept.popitem(last=False)
            _, alike = self._kept.get(identity, (0.0, deque[LogIds]()))
            if not alike:
                return None
            refused = alike.popleft()
            if not alike:
                del self._kept[identity]
        return refused


def _identity(batch: Batch, ids: LogIds) -> bytes:
    """The same for the same logs in the same order, whatever ids they were given."""
    digest = hashlib.blake2b(batch.tenant_id.encode(), digest_size=16)
    for place, log in enumerate(batch.logs):
        own_id = "" if log.log_id == ids.of(place) else log.log_id
        for part in (own_id, log.event_time, log.text):
            encoded = part.encode()
            digest.update(len(encoded).to_bytes(4, "big"))
            digest.update(encoded)
    return digest.digest()
