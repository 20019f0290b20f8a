"""How to wait while a service does not answer, and what to say about it."""

import logging
import random
import threading
import time

logger = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 5.0


class Outage:
    """One activity's run of failures: backed off, jittered, logged once when it begins and once when it ends.

    Several threads may share one.

    Args:
        activity: what fails, as the log shall name it, such as "polling redact".
        quiet_seconds: for this long after an end no new begin is logged. For activities of which some succeed while
            others fail, such as a table that throttles one tenant.
    """

    def __init__(self, activity: str, quiet_seconds: float = 0.0) -> None:
        self._activity = activity
        self._quiet_seconds = quiet_seconds
        self._lock = threading.Lock()
        self._failures = 0
        self._logged = False
        self._quiet_until = 0.0

    def record_failure(self, why: str) -> None:
        """Count a failure. `why` is for the log: an error's type, a status; never a text."""
        with self._lock:
            self._failures += 1
            if not self._logged and time.monotonic() >= self._quiet_until:
                logger.warning("%s fails (%s), trying again until it works", self._activity, why)
                self._logged = True

    def record_success(self) -> None:
        """Forget the failures."""
        with self._lock:
            if self._logged:
                logger.warning("%s works again after %d failures", self._activity, self._failures)
                self._quiet_until = time.monotonic() + self._quiet_seconds
            self._failures = 0
            self._logged = False

    @property
    def ongoing(self) -> bool:
        """Whether the last try failed."""
        return self._failures > 0

    @property
    def delay_seconds(self) -> float:
        """How long to wait before the next try: 0 when the last one worked."""
        failures = self._failures
        if not failures:
            return 0.0
        ceiling = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** min(failures - 1, 10))
        return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
