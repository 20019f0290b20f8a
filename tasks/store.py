"""Redacted batch into the table. I/O-bound."""

import msgspec

from broker.outage import Outage
from models import LogRecord, Verdict
from tasks.application import app
from tasks.base import PipelineTask
from tasks.batch import RedactedBatch, RedactedLog
from tasks.failures import Reason
from tasks.outcome import Outcome

_FAILURES = {Verdict.CONFLICT: Reason.CONFLICT, Verdict.INVALID: Reason.NOT_STORABLE}

# A table that throttles one tenant takes the others' logs meanwhile.
_outage = Outage("storing in DynamoDB", quiet_seconds=10)


@app.task(base=PipelineTask, input_type=RedactedBatch)
def store(batch: RedactedBatch) -> Outcome:
    """Insert every log of a batch; what is stored already is never overwritten.

    Args:
        batch: the redacted logs of one tenant.
    Returns:
        Which of them are done, which wait for DynamoDB, and which failed for good.
    """
    records = [_to_record(batch.tenant_id, log) for log in batch.logs]
    verdicts = LogRecord.insert(records, tell_unavailable=_outage.failed)
    if Verdict.UNAVAILABLE not in verdicts:
        _outage.worked()

    def logs_with(verdict: Verdict) -> RedactedBatch | None:
        logs = tuple(log for log, its in zip(batch.logs, verdicts, strict=True) if its is verdict)
        return msgspec.structs.replace(batch, logs=logs) if logs else None

    return Outcome(
        unavailable=logs_with(Verdict.UNAVAILABLE),
        failed=tuple((reason, logs) for verdict, reason in _FAILURES.items() if (logs := logs_with(verdict))),
    )


def _to_record(tenant_id: str, log: RedactedLog) -> LogRecord:
    return LogRecord(
        tenant_id=tenant_id,
        log_id=log.log_id,
        original_text=log.original_text,
        modified_text=log.modified_text,
        processed_at=log.processed_at,
        redactions=log.redactions,
        event_time=log.event_time or None,
    )
