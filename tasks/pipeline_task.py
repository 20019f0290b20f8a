"""Base task of `redact` and `store`: runs it, publishes what follows."""

import logging
import random
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
from celery import Task, signature
from celery.exceptions import Reject, Retry
from celery.result import AsyncResult

from foundation.timestamps import format_failure_time
from observability import safe_error_summary
from settings import settings
from tasks.batch import AnyBatch, describe_batch, get_tenant_id
from tasks.batch_result import BatchResult, FailedPart
from tasks.failures import DeadLettered, Reason, Unavailable
from tasks.publishing import publish_in_parts, publish_together
from tasks.reports import activity
from tasks.reports.outcome_log import log_outcome, task_log_fields
from topology import FAILURES_QUEUE, MAX_DELAY_SECONDS


class PipelineTask(Task):  # type: ignore[type-arg]  # celery's class takes no parameters at run time
    """Task that takes a batch and returns a BatchResult.

    It publishes the next task of the chain itself. Celery would do that after the task has returned, with the return
    value in events and logs (it holds texts), and would count a task whose next one could not be published as failed.
    Here a message stays in its queue, unacked, for another try if SQS does not accept what follows it.
    """

    abstract = True
    # Celery creates this for each message in the worker's main process; see tasks/request.py for what it changes.
    Request = "tasks.request:Request"
    # With `task_acks_late` Celery would ack the message of a task that raises, and its logs would be gone. Only after
    # DeadLettered they are in the failure queue; tasks/request.py acks that message.
    acks_on_failure = False
    # Celery would log a traceback at ERROR for each DeadLettered; an error in `throws` is INFO, without a traceback.
    throws = (DeadLettered,)
    # Celery would refuse to publish wrong arguments, also to the failure queue, which gets them as they came.
    typing = False
    max_retries = settings.task_max_retries
    input_type: type[AnyBatch]

    def apply_async(  # type: ignore[override]  # the stubs name every option
        self, args: Any = None, kwargs: Any = None, **options: Any
    ) -> "AsyncResult[Any]":
        """Publish the task; every way of publishing one comes through here.

        Celery would put the batch's texts into `argsrepr`, which events, logs and Flower show. The headers are for
        operators, the group is for SQS's fair queues.
        """
        payload: Any = args[0] if args else None
        options.update(argsrepr=describe_batch(payload), kwargsrepr="{}")
        if tenant_id := get_tenant_id(payload):
            tracing = {"tenant_id": tenant_id, "request_id": payload.get("request_id")}
            if payload.get("traceparent"):
                tracing["traceparent"] = payload["traceparent"]
            options["headers"] = {**(options.get("headers") or {}), **tracing}
            options["MessageGroupId"] = tenant_id
        result: AsyncResult[Any] = super().apply_async(args, kwargs, **options)
        return result

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """Run the task on a message's batch and publish what follows.

        Celery would pass the arguments to `run` as they are. They are checked here, since a message must not be lost
        because its arguments are not a batch as builtins.

        Returns:
            A description of the batch, for Flower to show as the result.
        Raises:
            Retry: some logs are on their way back to the queue.
            DeadLettered: some logs are in the failure queue.
            Reject: SQS did not accept what follows; the message stays in its queue.
        """
        began = time.monotonic()
        payload = args[0] if args else None
        result = self._run(payload) if len(args) == 1 and not kwargs else _refuse(payload)
        try:
            ending = publish_together(lambda: self._publish(result))
        except Reject:
            self._log("left", payload, began, logging.WARNING)
            raise
        except Exception as error:  # noqa: BLE001 - Celery would ack the message
            summary = safe_error_summary(error)
            self._log("left", payload, began, logging.ERROR, exception=summary)
            raise Reject("can't be published", requeue=False) from None
        self._log_result(result, payload, began, ending)
        if tenant_id := get_tenant_id(payload):
            activity.count(tenant_id, result.counts_with_failures)
        if ending is not None:
            raise ending
        # Celery would publish the next task now, with the value returned here as its batch. `_forward` has done it.
        self.request.chain = None
        return describe_batch(payload)

    def _run(self, payload: Any) -> BatchResult:
        """Return the task's result, whatever the payload is or the task raises."""
        try:
            batch = msgspec.convert(payload, self.input_type)
        except msgspec.ValidationError:
            return _refuse(payload)
        try:
            result: BatchResult = self.run(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, the batch must not be lost
            return BatchResult(failed=(FailedPart(Reason.UNEXPECTED_ERROR, payload, error),))
        no_retries_left = result.retry_after_seconds is None and self.request.retries >= self.max_retries
        return result.fail_retry() if no_retries_left else result

    def _publish(self, result: BatchResult) -> Exception | None:
        """Publish each part of the result.

        Returns:
            The exception that ends the task, if any.
        """
        for failed in result.failed:
            for part in failed.split_by_log():
                self._dead_letter(part)
        if result.done is not None:
            self._forward(result.done)
        if result.retry is not None:
            return self._retry(result.retry, result.retry_after_seconds)
        if result.failed:
            return DeadLettered(", ".join(f"{describe_batch(part.payload)}: {part.reason}" for part in result.failed))
        return None

    def _forward(self, batch: AnyBatch) -> None:
        steps = list(self.request.chain or ())
        if not steps:
            return
        next_task = signature(steps.pop(), app=self.app)
        publish_in_parts(batch, next_task, chain=steps, root_id=self.request.root_id, parent_id=self.request.id)

    def _retry(self, batch: AnyBatch, after_seconds: float | None) -> Retry:
        retries: int = self.request.retries
        if after_seconds is not None:
            delay = max(1, min(round(after_seconds), MAX_DELAY_SECONDS))
        else:
            retries += 1
            ceiling = min(settings.retry_max_delay_seconds, 2 ** min(retries, 30))
            delay = random.randint(min(1, ceiling), ceiling)  # noqa: S311 - jitter, not a secret
        # `self.retry()` would turn an SQS that does not answer into a Reject, and would always count a retry.
        again = self.signature_from_request(
            args=(msgspec.to_builtins(batch),), kwargs={}, retries=retries, countdown=delay
        )
        again.apply_async()
        return Retry(exc=Unavailable(), when=delay)  # type: ignore[arg-type]  # an int is a Real

    def _dead_letter(self, part: FailedPart) -> None:
        """Publish a dead letter: a message that can run again.

        It has the same task and the same rest of the chain as the task's own message.
        """
        failure_headers = {
            "reason": str(part.reason),
            "detail": part.reason.detail,
            "exception": type(part.error).__name__ if part.error else None,
            "failed_at": format_failure_time(datetime.now(UTC)),
            "origin_queue": (self.request.delivery_info or {}).get("routing_key"),
            "attempts": self.request.retries + 1,
        }
        args: tuple[Any, ...] = (part.payload,)
        kwargs: dict[str, Any] = {}
        if part.reason is Reason.INVALID_ARGUMENTS:  # all of them, as they came
            args, kwargs = tuple(self.request.args or ()), dict(self.request.kwargs or {})
        self.signature_from_request(
            args=args,
            kwargs=kwargs,
            queue=FAILURES_QUEUE,
            retries=0,
            headers={**(self.request.headers or {}), **failure_headers},
        ).apply_async()

    def _log_result(self, result: BatchResult, payload: Any, began: float, ending: Exception | None) -> None:
        further_fields: dict[str, Any] = {}
        level = logging.WARNING if result.failed else logging.INFO
        if isinstance(ending, Retry):
            further_fields["again_in_seconds"] = ending.when
        if error := next((part.error for part in result.failed if part.error), None):
            further_fields["exception"] = safe_error_summary(error)
            level = logging.ERROR
        self._log(
            "failed" if result.failed else "again" if result.retry else "done",
            payload,
            began,
            level,
            again=len(result.retry.logs) if result.retry else 0,
            dropped=result.counts.dropped,
            failed=sum(part.log_count for part in result.failed),
            reasons=sorted({str(part.reason) for part in result.failed}),
            **further_fields,
        )

    def _log(self, outcome: str, payload: Any, began: float, level: int, **fields: Any) -> None:
        request = self.request
        task_fields = task_log_fields(self.name, request.id, request.delivery_info, request.retries, payload)
        log_outcome(outcome, level, **task_fields, **fields, seconds=round(time.monotonic() - began, 4))


def _refuse(payload: Any) -> BatchResult:
    return BatchResult(failed=(FailedPart(Reason.INVALID_ARGUMENTS, payload),))
