"""The circuit breaker: how callers behave while a service does not answer."""

import logging
import random
import threading
import time

logger = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 5.0


class Outage:
    """One activity's run of failures, logged at its begin and end.

    A caller that tries until it works waits `delay_seconds` between two tries. A caller that can do without the service
    asks `may_try` first. Either tells how its try ended. Several threads may share an outage.

    Args:
        activity: what fails, as the log names it, such as "polling redact".
        quiet_seconds: for this long after an end no new begin is logged. For activities of which some succeed while
            others fail, such as writing to a table that throttles one tenant.
        meanwhile: what happens while it fails, as the log names it.
        logged: false where the callers log their failures.
    """

    def __init__(
        self, activity: str, quiet_seconds: float = 0.0, *, meanwhile: str = "retrying", logged: bool = True
    ) -> None:
        self._activity = activity
        self._quiet_seconds = quiet_seconds
        self._meanwhile = meanwhile
        self._logged = logged
        self._lock = threading.Lock()
        self._failures = 0
        self._reason = ""
        self._begin_logged = False
        self._quiet_until = 0.0
        self._failed_at = 0.0
        self._probe_ends_at = 0.0

    def may_try(self, every_seconds: float, probe_seconds: float | None = None) -> bool:
        """Return whether to call the service now; if not, fail at once.

        While the service works everybody may. During an outage one caller may every `every_seconds`, to find out
        whether it is over, and the others do not wait for that caller.

        Args:
            every_seconds: from a failure to the next try.
            probe_seconds: after which another caller may try if that one has not come back; `every_seconds` if None.
        """
        if not self._failures:
            return True
        with self._lock:
            now = time.monotonic()
            if self._failures and now < max(self._failed_at + every_seconds, self._probe_ends_at):
                return False
            self._probe_ends_at = now + (every_seconds if probe_seconds is None else probe_seconds)
            return True

    def record_failure(self, reason: str) -> None:
        """Count a failure.

        Args:
            reason: for the log: an error's type, a status; never a text.
        """
        with self._lock:
            self._failures += 1
            self._reason = reason
            self._failed_at = time.monotonic()
            self._probe_ends_at = 0.0
            if self._logged and not self._begin_logged and self._failed_at >= self._quiet_until:
                logger.warning("%s fails (%s), %s", self._activity, reason, self._meanwhile)
                self._begin_logged = True

    def record_success(self) -> None:
        """Forget the failures."""
        with self._lock:
            if self._begin_logged:
                failures = "1 failure" if self._failures == 1 else f"{self._failures} failures"
                logger.warning("%s works again after %s", self._activity, failures)
                self._quiet_until = time.monotonic() + self._quiet_seconds
            self._failures = 0
            self._reason = ""
            self._begin_logged = False

    @property
    def ongoing(self) -> bool:
        """True if the last try failed."""
        return self._failures > 0

    @property
    def reason(self) -> str:
        """Reason of the last failure; empty if the last try worked."""
        return self._reason

    @property
    def delay_seconds(self) -> float:
        """Seconds to wait before the next try, with jitter; 0 after success."""
        failures = self._failures
        if not failures:
            return 0.0
        ceiling = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** min(failures - 1, 10))
        return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
