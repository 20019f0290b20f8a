"""Batch in, redacted batch out. CPU-bound."""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from celery.signals import celeryd_after_setup
from pynamodb.exceptions import PynamoDBException

from foundation.outage import Outage
from models import Counts, TenantErased
from observability import safe_error_summary
from settings import settings
from tasks.application import app
from tasks.batch import Batch, Log, RedactedBatch, RedactedLog
from tasks.failures import Reason
from tasks.outcome import Outcome, discarded
from tasks.pipeline_task import PipelineTask
from tasks.policies import PolicyInvalid, make_default_redactor, redactor_of
from tasks.time_limit import time_limit
from topology import REDACT_QUEUE

if TYPE_CHECKING:
    from redaction import Redaction, Redactor

logger = logging.getLogger(__name__)

_outage = Outage("reading policies from DynamoDB", quiet_seconds=10)


@celeryd_after_setup.connect
def _prepare(instance: Any, **_: Any) -> None:
    """Before a worker forks its children, who then share it."""
    if REDACT_QUEUE not in instance.app.amqp.queues.consume_from:
        return
    try:
        make_default_redactor()
    except Exception as error:
        # Celery would log it and go on, and every log would end in failures.
        raise SystemExit(f"redaction is not possible here: {error}") from error


@app.task(base=PipelineTask, input_type=Batch)
def redact(batch: Batch) -> Outcome:
    """Replace the personal data in every log of a batch, as the policy of its tenant says.

    Args:
        batch: the logs as they were accepted.
    Returns:
        The same logs in the same order, each with its original and its redacted text, done; without those that the
        policy drops, and without any of a tenant that was erased. A log that could not be redacted failed: it is never
        stored as it is. All wait while the policy can't be read.
    """
    try:
        redactor = redactor_of(batch.tenant_id)
    except TenantErased:
        return discarded(batch)
    except PolicyInvalid:
        return Outcome(failed=((Reason.POLICY_INVALID, batch),), counts=_counts(batch))
    except PynamoDBException as error:
        _outage.record_failure(type(error.cause or error).__name__)
        return Outcome(unavailable=batch)
    _outage.record_success()
    processed_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    redacted: list[RedactedLog] = []
    failed: list[Log] = []
    for log, redaction in zip(batch.logs, _redactions(redactor, batch), strict=True):
        if redaction is None:
            failed.append(log)
        elif not redaction.dropped:
            redacted.append(
                RedactedLog(log.log_id, log.text, redaction.text, processed_at, redaction.counts, log.event_time)
            )
    return Outcome(
        done=RedactedBatch(batch.tenant_id, batch.request_id, tuple(redacted), batch.traceparent) if redacted else None,
        failed=((Reason.NOT_REDACTED, msgspec.structs.replace(batch, logs=tuple(failed))),) if failed else (),
        counts=_counts(batch),
    )


def _counts(batch: Batch) -> Counts:
    sizes = (len(log.text) if log.text.isascii() else len(log.text.encode(errors="replace")) for log in batch.logs)
    return Counts(accepted=len(batch.logs), received_bytes=sum(sizes))


def _redactions(redactor: "Redactor", batch: Batch) -> "list[Redaction | None]":
    """What becomes of each log, in their order; None for one that can't be redacted."""
    if len(batch.logs) > 1:
        try:
            with time_limit(settings.redact_time_limit_seconds):
                return [*redactor.redact_batch([log.text for log in batch.logs])]
        except Exception as error:  # noqa: BLE001 - each log by itself says what is wrong with it
            logger.warning(
                "a batch of tenant %s can't be redacted at once: %s", batch.tenant_id, safe_error_summary(error)
            )
    return [_redaction(redactor, batch.tenant_id, log.text) for log in batch.logs]


def _redaction(redactor: "Redactor", tenant_id: str, text: str) -> "Redaction | None":
    try:
        with time_limit(settings.redact_time_limit_seconds):
            return redactor.redact(text)
    except Exception as error:  # noqa: BLE001 - whatever it is, the log must not get through
        logger.error("a log of tenant %s can't be redacted: %s", tenant_id, safe_error_summary(error))
        return None
