"""Redact task: a batch in, a redacted batch out. CPU-bound."""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from celery.signals import celeryd_after_setup
from pynamodb.exceptions import PynamoDBException

from foundation.outage import Outage
from foundation.timestamps import format_timestamp
from models import Counts, TenantErased
from observability import get_error_code, safe_error_summary
from settings import settings
from tasks.application import app
from tasks.batch import Batch, Log, RedactedBatch, RedactedLog
from tasks.batch_result import BatchResult, FailedPart, discard
from tasks.failures import Reason
from tasks.pipeline_task import PipelineTask
from tasks.policies import PolicyInvalid, get_redactor, prepare_default_redactor
from tasks.time_limit import time_limit
from topology import REDACT_QUEUE

if TYPE_CHECKING:
    from redaction import Redaction, Redactor

logger = logging.getLogger(__name__)

_outage = Outage("reading policies from DynamoDB", quiet_seconds=10)


@celeryd_after_setup.connect
def _prepare_worker(instance: Any, **_: Any) -> None:
    """Build the default redactor before a worker forks.

    So its children share the memory of the automata.
    """
    if REDACT_QUEUE not in instance.app.amqp.queues.consume_from:
        return
    try:
        prepare_default_redactor()
    except Exception as error:
        # Celery logs the exception of a signal's receiver and goes on; then every log would fail.
        raise SystemExit(f"the default redactor can't be built: {error}") from error


@app.task(base=PipelineTask, input_type=Batch)
def redact(batch: Batch) -> BatchResult:
    """Replace the personal data in each log, as its tenant's policy demands.

    Args:
        batch: the logs as they were accepted.
    Returns:
        Done are the logs in their order, each with its original and its redacted text. Logs that the policy drops are
        only counted, and those of an erased tenant are discarded. A log that could not be redacted failed: it is never
        stored as it is. All logs are retried if the policy can't be read.
    """
    try:
        redactor = get_redactor(batch.tenant_id)
    except TenantErased:
        return discard(batch)
    except PolicyInvalid:
        return BatchResult(failed=(FailedPart.from_batch(Reason.POLICY_INVALID, batch),), counts=_count(batch))
    except PynamoDBException as error:
        _outage.record_failure(get_error_code(error))
        return BatchResult(retry=batch)
    _outage.record_success()
    processed_at = format_timestamp(datetime.now(UTC), "milliseconds")
    redacted: list[RedactedLog] = []
    failed: list[Log] = []
    for log, redaction in zip(batch.logs, _redact_logs(redactor, batch), strict=True):
        if redaction is None:
            failed.append(log)
        elif not redaction.dropped:
            redacted.append(
                RedactedLog(log.log_id, log.text, redaction.text, processed_at, redaction.counts, log.event_time)
            )
    return _build_result(batch, tuple(redacted), tuple(failed))


def _build_result(batch: Batch, redacted: tuple[RedactedLog, ...], failed: tuple[Log, ...]) -> BatchResult:
    """Return the result; the tenant's policy drops the other logs."""
    done = RedactedBatch(batch.tenant_id, batch.request_id, redacted, batch.traceparent) if redacted else None
    not_redacted = msgspec.structs.replace(batch, logs=failed)
    return BatchResult(
        done=done,
        failed=(FailedPart.from_batch(Reason.NOT_REDACTED, not_redacted),) if failed else (),
        counts=_count(batch, dropped=len(batch.logs) - len(redacted) - len(failed)),
    )


def _count(batch: Batch, dropped: int = 0) -> Counts:
    sizes = (len(log.text) if log.text.isascii() else len(log.text.encode(errors="replace")) for log in batch.logs)
    return Counts(accepted=len(batch.logs), received_bytes=sum(sizes), dropped=dropped)


def _redact_logs(redactor: "Redactor", batch: Batch) -> "list[Redaction | None]":
    """Return a redaction of each log, or None if it failed."""
    if len(batch.logs) > 1:
        try:
            with time_limit(settings.redact_time_limit_seconds):
                return [*redactor.redact_batch([log.text for log in batch.logs])]
        except Exception as error:  # noqa: BLE001 - each log alone shows which one is wrong
            logger.warning(
                "redacting a batch of tenant %s failed, redacting each of its logs alone: %s",
                batch.tenant_id,
                safe_error_summary(error),
            )
    return [_redact_log(redactor, batch.tenant_id, log.text) for log in batch.logs]


def _redact_log(redactor: "Redactor", tenant_id: str, text: str) -> "Redaction | None":
    try:
        with time_limit(settings.redact_time_limit_seconds):
            return redactor.redact(text)
    except Exception as error:  # noqa: BLE001 - whatever it is, the log must not get through
        logger.error("redacting a log of tenant %s failed: %s", tenant_id, safe_error_summary(error))
        return None
