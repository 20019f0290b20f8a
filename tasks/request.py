"""Request: a task's message in the worker's main process."""

import logging
from typing import Annotated, Any

import msgspec
from celery.exceptions import InvalidTaskError, Terminated, TimeLimitExceeded, WorkerLostError
from celery.worker.request import Request as CeleryRequest
from msgspec import Meta

from tasks.batch import describe_batch
from tasks.failures import DeadLettered
from tasks.reports.outcome_log import log_outcome, task_log_fields

# Outcomes that the task can't log itself, because its process is gone. The messages of these errors name a signal or a
# number of seconds and never quote a text, so the line may show them.
_OUTCOMES = {WorkerLostError: "worker_lost", TimeLimitExceeded: "time_limit"}

# Celery logs these errors as tracebacks of its pool that name no task; `Request._log` writes a line that does.
logging.getLogger("celery.worker.request").addFilter(
    lambda record: not (isinstance(record.args, tuple) and record.args and type(record.args[0]) in _OUTCOMES)
)

_Id = Annotated[str, Meta(pattern=r"^[\w.:-]{1,255}$")]


class _Headers(msgspec.Struct):
    """Headers of a message of ours.

    Those that only Celery's other workflows use must be empty.
    https://docs.celeryq.dev/en/stable/internals/protocol.html#version-2
    """

    id: _Id
    retries: Annotated[int, Meta(ge=0)] = 0
    root_id: _Id | None = None
    parent_id: _Id | None = None
    eta: str | None = None
    expires: str | None = None
    timelimit: tuple[float | None, float | None] | None = None
    shadow: None = None
    group: None = None
    stamped_headers: tuple[()] | None = None


class _Step(msgspec.Struct):
    task: str


class _Embedded(msgspec.Struct):
    chain: tuple[_Step, ...] | None = None
    callbacks: tuple[()] | None = None
    errbacks: tuple[()] | None = None
    chord: None = None


_Content = tuple[tuple[Any, ...], dict[str, Any], _Embedded | None]


def validate_message(headers: Any, content: Any) -> Any:
    """Return the first argument in a message, or None.

    Args:
        headers: of the message; anybody may have written it.
        content: its decoded body.
    Raises:
        celery.exceptions.InvalidTaskError: the message is none of ours.
    """
    try:
        msgspec.convert(headers, _Headers)
        arguments, _, _ = msgspec.convert(content, _Content)
    except msgspec.ValidationError:
        raise InvalidTaskError("headers or content are not Celery's") from None
    return arguments[0] if arguments else None


class Request(CeleryRequest):
    """Request that refuses foreign messages and never shows arguments.

    Stock Celery trusts every header: a wrong one ends the worker, or is written to its log.
    """

    def __init__(self, message: Any, *args: Any, headers: Any = None, **options: Any) -> None:
        """Check the message, and replace the shown form of its arguments.

        Stock Celery shows the header `argsrepr` as it came. A foreign message may have texts in it.
        """
        headers = message.headers if headers is None else headers
        payload = validate_message(headers, message.payload)
        shown = {"argsrepr": describe_batch(payload), "kwargsrepr": "{}"}
        super().__init__(message, *args, **{**options, "headers": {**headers, **shown}})

    def info(self, safe: bool = False) -> Any:
        """Return what `inspect reserved`, `inspect active` and Flower show of the task.

        Stock Celery shows the arguments unless it is asked for the safe form, and they hold texts.
        """
        return super().info(safe=True)

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:
        """Handle a failure of the task or of its process.

        It is logged here if the task can't do it. With `acks_on_failure = False` stock Celery leaves the message of
        every failed task in its queue. The logs of DeadLettered are in the failure queue, so its message is acked
        first; Celery then finds it acked.
        """
        error = getattr(exc_info.exception, "exc", exc_info.exception)
        if isinstance(error, DeadLettered):
            self.acknowledge()
        try:
            return super().on_failure(exc_info, send_failed_event, return_ok)
        finally:
            # `return_ok`: the task ended by itself and has logged its outcome. A terminated one is logged as revoked.
            if not return_ok and not isinstance(error, Terminated):
                outcome = _OUTCOMES.get(type(error))
                self._log(outcome or "cut_off", exception=type(error).__name__, detail=str(error) if outcome else "")

    def _announce_revoked(self, reason: str, *args: Any) -> None:
        """Give back the message of a revoked task.

        Celery calls this for a task that was revoked or terminated, or has expired. Stock Celery acks the message here,
        and its logs would be lost. Rejected first, it is delivered again, and revoked again by a worker that knows of
        the revocation, until SQS moves it to the failure queue.
        """
        self.reject(requeue=True)
        super()._announce_revoked(reason, *args)  # type: ignore[misc]  # the stubs leave it out
        self._log("revoked", detail=reason)

    def _log(self, outcome: str, **fields: str) -> None:
        payload = self.args[0] if isinstance(self.args, list | tuple) and self.args else None
        retries = self.request_dict["retries"]
        task_fields = task_log_fields(self.name, self.id, self.delivery_info, retries, payload)
        log_outcome(outcome, logging.ERROR, **task_fields, **fields)
