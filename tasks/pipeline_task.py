"""The base task: everything that `redact` and `store` have in common on the way."""

import logging
import random
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
from celery import Task, signature
from celery.exceptions import Reject, Retry
from celery.result import AsyncResult

from observability import safe_error_summary
from settings import settings
from tasks import activity
from tasks.batch import AnyBatch, describe, tenant_of
from tasks.failures import DeadLettered, Reason, Unavailable
from tasks.outcome import Outcome
from tasks.outcome_log import tell, way_of
from tasks.parts import publish_in_parts
from tasks.plan import DeadLetter, Plan
from tasks.publishing import publish_together
from topology import FAILURES_QUEUE, MAX_DELAY_SECONDS

logger = logging.getLogger(__name__)


class PipelineTask(Task):  # type: ignore[type-arg]  # celery's class takes no parameters at run time
    """A task that takes a batch and says of each log in it: done, again, or failed.

    It publishes the next task of the chain itself. Celery would do that after the task has returned, with the return
    value in events and logs (it holds texts), and would count a task whose next one could not be published as failed.
    Here a publish that SQS does not take leaves the message in its queue, unacked, for another try.
    """

    abstract = True
    Request = "tasks.request:Request"
    # What DeadLettered tells of is in the failure queue by then (tasks.request acks it). Anything else stays queued.
    acks_on_failure = False
    throws = (DeadLettered,)
    # A message with wrong arguments goes to the failure queue as it is.
    typing = False
    max_retries = settings.task_max_retries
    input_type: type[AnyBatch]

    def apply_async(  # type: ignore[override]  # the stubs name every option
        self, args: Any = None, kwargs: Any = None, **options: Any
    ) -> "AsyncResult[Any]":
        """Publish; every way of publishing a task comes through here.

        Adds what SQS's fair queues and an operator need, and hides the batch from events and logs.
        """
        payload: Any = args[0] if args else None
        options.update(argsrepr=describe(payload), kwargsrepr="{}")
        if tenant_id := tenant_of(payload):
            tracing = {"tenant_id": tenant_id, "request_id": payload.get("request_id")}
            if payload.get("traceparent"):
                tracing["traceparent"] = payload["traceparent"]
            options["headers"] = {**(options.get("headers") or {}), **tracing}
            options["MessageGroupId"] = tenant_id
        result: AsyncResult[Any] = super().apply_async(args, kwargs, **options)
        return result

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """Run on a batch as builtins, the only argument; a message may have others, and must not be lost for that.

        Returns:
            What Flower may show as the result.
        Raises:
            Retry: some logs are on their way back to the queue.
            DeadLettered: some logs are in the failure queue.
            Reject: what had to be published could not be; the message stays where it is.
        """
        began = time.monotonic()
        payload = args[0] if args else None
        plan = self._plan(payload) if len(args) == 1 and not kwargs else self._refuse(payload)
        try:
            ending = publish_together(lambda: self._publish(plan))
        except Reject:
            self._tell("left", payload, began)
            raise
        except Exception as error:  # noqa: BLE001 - Celery would ack the message
            logger.error("%s can't publish what follows, leaving it queued: %s", self.name, safe_error_summary(error))
            self._tell("left", payload, began, exception=safe_error_summary(error))
            raise Reject("can't be published", requeue=False) from None
        for letter in plan.dead:
            logger.error("%s: %s is in %s: %s", self.name, describe(letter.payload), FAILURES_QUEUE, letter.reason)
        self._tell(
            "failed" if plan.dead else "again" if plan.again else "done",
            payload,
            began,
            again=len(plan.again.logs) if plan.again else 0,
            reasons=sorted({str(letter.reason) for letter in plan.dead}),
        )
        if tenant_id := tenant_of(payload):
            activity.note(tenant_id, plan.counts)
        if ending is not None:
            raise ending
        self.request.chain = None  # is published, so Celery must not publish it again
        return describe(payload)

    def _tell(self, outcome: str, payload: Any, began: float, **fields: Any) -> None:
        way = way_of(self.name, self.request.id, self.request.delivery_info, self.request.retries, payload)
        tell(outcome, **way, **fields, seconds=round(time.monotonic() - began, 4))

    def _plan(self, payload: Any) -> Plan:
        try:
            batch = msgspec.convert(payload, self.input_type)
        except msgspec.ValidationError:
            return self._refuse(payload)
        try:
            outcome: Outcome = self.run(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, the batch must not be lost
            logger.error("%s failed: %s", self.name, safe_error_summary(error))
            return Plan(dead=[DeadLetter(Reason.UNEXPECTED_ERROR, payload, error)])
        dead = [DeadLetter(reason, msgspec.to_builtins(failed)) for reason, failed in outcome.failed]
        again = outcome.unavailable
        if again is not None and outcome.turn_seconds is None and self.request.retries >= self.max_retries:
            dead.append(DeadLetter(Reason.RETRIES_EXHAUSTED, msgspec.to_builtins(again)))
            again = None
        return Plan(outcome.done, again, outcome.turn_seconds, dead, done_counts=outcome.counts)

    @staticmethod
    def _refuse(payload: Any) -> Plan:
        return Plan(dead=[DeadLetter(Reason.INVALID_ARGUMENTS, payload)])

    def _publish(self, plan: Plan) -> Exception | None:
        """Everything that follows; how the task then ends, unless it just ends."""
        for letter in plan.dead:
            for part in letter.apart():
                self._dead_letter(part)
        if plan.done is not None:
            self._forward(plan.done)
        if plan.again is not None:
            return self._try_later(plan.again, plan.turn_seconds)
        if plan.dead:
            return DeadLettered(", ".join(f"{describe(letter.payload)}: {letter.reason}" for letter in plan.dead))
        return None

    def _forward(self, batch: AnyBatch) -> None:
        steps = list(self.request.chain or ())
        if not steps:
            return
        following = signature(steps.pop(), app=self.app)
        origin: dict[str, Any] = {"root_id": self.request.root_id, "parent_id": self.request.id}
        publish_in_parts(batch, lambda payload: following.apply_async((payload,), chain=list(steps), **origin))

    def _try_later(self, batch: AnyBatch, turn_seconds: float | None) -> Retry:
        retries: int = self.request.retries
        if turn_seconds is not None:
            delay = max(1, min(round(turn_seconds), MAX_DELAY_SECONDS))
        else:
            retries += 1
            ceiling = min(settings.retry_max_delay_seconds, 2 ** min(retries, 30))
            delay = random.randint(min(1, ceiling), ceiling)  # noqa: S311 - jitter, not a secret
        # Not self.retry(): it turns an SQS that does not answer into a Reject.
        again = self.signature_from_request(
            args=(msgspec.to_builtins(batch),), kwargs={}, retries=retries, countdown=delay
        )
        again.apply_async()
        return Retry(exc=Unavailable(), when=delay)  # type: ignore[arg-type]  # an int is a Real

    def _dead_letter(self, letter: DeadLetter) -> None:
        """Publish to the failure queue what can run again as it is: same task, same rest of the chain."""
        why = {
            "reason": str(letter.reason),
            "detail": letter.reason.detail,
            "exception": type(letter.error).__name__ if letter.error else None,
            "failed_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "origin_queue": (self.request.delivery_info or {}).get("routing_key"),
            "attempts": self.request.retries + 1,
        }
        args: tuple[Any, ...] = (letter.payload,)
        kwargs: dict[str, Any] = {}
        if letter.reason is Reason.INVALID_ARGUMENTS:  # kept as they came
            args, kwargs = tuple(self.request.args or ()), dict(self.request.kwargs or {})
        self.signature_from_request(
            args=args,
            kwargs=kwargs,
            queue=FAILURES_QUEUE,
            retries=0,
            headers={**(self.request.headers or {}), **why},
        ).apply_async()
