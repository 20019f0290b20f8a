"""A task on its way through a worker, as the worker's main process sees it."""

import logging
from typing import Any

from celery.exceptions import Terminated, TimeLimitExceeded, WorkerLostError
from celery.worker.request import Request as CeleryRequest

from tasks.batch import describe
from tasks.failures import DeadLettered
from tasks.message import check
from tasks.outcome_log import tell, way_of

# Outcomes that the task itself can't tell of, because its process is gone. What the errors say is a signal, a number of
# seconds.
_OUTCOMES = {WorkerLostError: "worker_lost", TimeLimitExceeded: "time_limit"}

# Celery's own lines about them are tracebacks of its pool that name no task.
logging.getLogger("celery.worker.request").addFilter(
    lambda record: not (isinstance(record.args, tuple) and record.args and type(record.args[0]) in _OUTCOMES)
)


class Request(CeleryRequest):
    """Refuses what is no message of ours, shows no arguments, and writes the line of a task that could not.

    Stock Celery believes every header: a wrong one ends the worker, or comes into its log.
    """

    def __init__(self, message: Any, *args: Any, headers: Any = None, **options: Any) -> None:
        headers = message.headers if headers is None else headers
        payload = check(headers, message.payload)
        shown = {"argsrepr": describe(payload), "kwargsrepr": "{}"}
        super().__init__(message, *args, **{**options, "headers": {**headers, **shown}})

    def info(self, safe: bool = False) -> Any:
        """What the publisher wants shown, for `inspect reserved`, `inspect active` and Flower's page of the worker.

        Stock Celery answers with the arguments, which hold texts.
        """
        return super().info(safe=True)

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:
        """Called when a task has failed, and when its process has."""
        error = getattr(exc_info.exception, "exc", exc_info.exception)
        if isinstance(error, DeadLettered):
            self.acknowledge()
        try:
            return super().on_failure(exc_info, send_failed_event, return_ok)
        finally:
            if not return_ok and not isinstance(error, Terminated):
                outcome = _OUTCOMES.get(type(error))
                self._tell(outcome or "cut_off", exception=type(error).__name__, detail=str(error) if outcome else "")

    def _announce_revoked(self, reason: str, *args: Any) -> None:
        """Called when somebody has revoked or terminated the task (`celery control revoke`), and when it has expired.

        Celery acks its message, whose logs would be gone. Given back, it is revoked again by whoever knows of it, until
        SQS has it in the failure queue.
        """
        self.reject(requeue=True)
        super()._announce_revoked(reason, *args)  # type: ignore[misc]  # the stubs leave it out
        self._tell("revoked", detail=reason)

    def _tell(self, outcome: str, **fields: str) -> None:
        payload = self.args[0] if isinstance(self.args, list | tuple) and self.args else None
        retries = self.request_dict["retries"]
        tell(outcome, logging.ERROR, **way_of(self.name, self.id, self.delivery_info, retries, payload), **fields)
