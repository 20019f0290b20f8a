"""The base task: everything that `redact` and `store` have in common on the way."""

import logging
import random
from datetime import UTC, datetime
from typing import Any, NoReturn

import msgspec
from celery import Task, signature
from celery.exceptions import Reject
from celery.result import AsyncResult

from broker import UNAVAILABLE_ERRORS
from settings import settings
from tasks.batch import AnyBatch, describe
from tasks.failures import DeadLettered, Reason, Unavailable, origin_of
from tasks.outcome import Outcome
from tasks.parts import publish_in_parts
from topology import FAILURES_QUEUE

logger = logging.getLogger(__name__)


class PipelineTask(Task):  # type: ignore[type-arg]  # celery's class takes no parameters at run time
    """A task that takes a batch and says of each log in it: done, again, or failed.

    It publishes the next task of the chain itself. Celery would do that after the task has returned, with the return
    value in events and logs (it holds texts), and would count a task whose next one could not be published as failed.
    Here a publish that SQS does not take leaves the message in its queue, unacked, for another try.
    """

    abstract = True
    Request = "tasks.request:Request"
    # What failed for good is in the failure queue by then. Whatever else goes wrong is rejected, not acked.
    acks_on_failure = True
    max_retries = settings.task_max_retries
    input_type: type[AnyBatch]

    def apply_async(  # type: ignore[override]  # the stubs name every option
        self, args: Any = None, kwargs: Any = None, **options: Any
    ) -> "AsyncResult[Any]":
        """Publish; every way of publishing a task comes through here.

        Adds what SQS's fair queues and an operator need, and hides the batch from events and logs.
        """
        payload = args[0] if args else None
        options.update(argsrepr=describe(payload), kwargsrepr="{}")
        if isinstance(payload, dict) and isinstance(payload.get("tenant_id"), str):
            tracing = {"tenant_id": payload["tenant_id"], "request_id": payload.get("request_id")}
            options["headers"] = {**(options.get("headers") or {}), **tracing}
            options["MessageGroupId"] = payload["tenant_id"]
        result: AsyncResult[Any] = super().apply_async(args, kwargs, **options)
        return result

    def __call__(self, payload: Any) -> str:
        """Run on a batch as builtins.

        Returns:
            What Flower may show as the result.
        Raises:
            Retry: some logs are on their way back to the queue.
            DeadLettered: some logs are in the failure queue.
            Reject: SQS did not take what had to be published; the message stays where it is.
        """
        try:
            outcome = self._run(payload)
            for reason, batch in outcome.failed:
                self._dead_letter(msgspec.to_builtins(batch), reason)
            if outcome.unavailable is not None:
                self._try_later(outcome.unavailable)
            if outcome.done is not None:
                self._forward(outcome.done)
        except UNAVAILABLE_ERRORS as error:
            logger.warning("%s: SQS does not take what follows (%s), leaving it queued", self.name, origin_of(error))
            raise Reject("SQS does not answer", requeue=False) from None
        if outcome.failed:
            raise DeadLettered(", ".join(f"{len(batch.logs)} x {reason}" for reason, batch in outcome.failed))
        return describe(payload)

    def _run(self, payload: Any) -> Outcome:
        try:
            batch = msgspec.convert(payload, self.input_type)
        except msgspec.ValidationError:
            self._fail_whole(payload, Reason.INVALID_ARGUMENTS)
        try:
            outcome: Outcome = self.run(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, the batch must not be lost
            logger.error("%s failed: %s", self.name, origin_of(error))
            self._fail_whole(payload, Reason.UNEXPECTED_ERROR, error)
        return outcome

    def _forward(self, batch: AnyBatch) -> None:
        steps = list(self.request.chain or ())
        if not steps:
            return
        self.request.chain = None  # published here, so Celery must not publish it again
        following = signature(steps.pop(), app=self.app)
        origin: dict[str, Any] = {"root_id": self.request.root_id, "parent_id": self.request.id}
        publish_in_parts(batch, lambda payload: following.apply_async((payload,), chain=list(steps), **origin))

    def _try_later(self, batch: AnyBatch) -> NoReturn:
        payload = msgspec.to_builtins(batch)
        retries: int = self.request.retries
        if retries >= self.max_retries:
            self._fail_whole(payload, Reason.RETRIES_EXHAUSTED)
        # SQS holds the message (DelaySeconds); with a countdown a worker would, in its memory.
        ceiling = min(settings.retry_max_delay_seconds, 2 ** min(retries + 1, 30))
        delay = random.randint(min(1, ceiling), ceiling)  # noqa: S311 - jitter, not a secret
        options: dict[str, Any] = {"countdown": 0, "DelaySeconds": delay}
        raise self.retry((payload,), exc=Unavailable(), **options)

    def _fail_whole(self, payload: Any, reason: Reason, error: Exception | None = None) -> NoReturn:
        self._dead_letter(payload, reason, error)
        raise DeadLettered(f"{describe(payload)}: {reason}") from None

    def _dead_letter(self, payload: Any, reason: Reason, error: Exception | None = None) -> None:
        """Publish to the failure queue what can run again as it is: same task, same rest of the chain."""
        why = {
            "reason": str(reason),
            "exception": type(error).__name__ if error else None,
            "failed_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "origin_queue": (self.request.delivery_info or {}).get("routing_key"),
            "attempts": self.request.retries + 1,
        }
        self.signature_from_request(
            args=(payload,),
            kwargs={},
            queue=FAILURES_QUEUE,
            retries=0,
            headers={**(self.request.headers or {}), **why},
        ).apply_async()
        logger.error("%s: %s is in %s: %s", self.name, describe(payload), FAILURES_QUEUE, reason)
