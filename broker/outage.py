"""How a poller waits while SQS does not answer, and what it says about it."""

import logging
import random

logger = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 5.0


class Outage:
    """One queue's run of failed polls: backed off, jittered, logged once when it begins and once when it ends."""

    def __init__(self, queue: str) -> None:
        self._queue = queue
        self._failures = 0

    def poll_failed(self, status: int) -> None:
        """Count a failed poll. `status` is HTTP's; 599 means that there was no answer."""
        if not self._failures:
            logger.warning("polling %s fails (status %d), trying again until it works", self._queue, status)
        self._failures += 1

    def poll_worked(self) -> None:
        """Forget the failures."""
        if self._failures:
            logger.warning("polling %s works again after %d failed polls", self._queue, self._failures)
        self._failures = 0

    @property
    def delay_seconds(self) -> float:
        """How long to wait before the next poll: 0 when the last one worked."""
        if not self._failures:
            return 0.0
        ceiling = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** min(self._failures - 1, 10))
        return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
