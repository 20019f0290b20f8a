"""Batch in, redacted batch out. CPU-bound."""

from datetime import UTC, datetime

from redaction import Redactor
from tasks.application import app
from tasks.base import PipelineTask
from tasks.batch import Batch, RedactedBatch, RedactedLog
from tasks.outcome import Outcome

_redactor = Redactor()


@app.task(base=PipelineTask, input_type=Batch)
def redact(batch: Batch) -> Outcome:
    """Replace the personal data in every log of a batch.

    Args:
        batch: the logs as they were accepted.
    Returns:
        The same logs in the same order, each with its original and its redacted text, done.
    """
    processed_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    redactions = _redactor.redact_batch([log.text for log in batch.logs])
    logs = tuple(
        RedactedLog(log.log_id, log.text, redaction.text, processed_at)
        for log, redaction in zip(batch.logs, redactions, strict=True)
    )
    return Outcome(done=RedactedBatch(batch.tenant_id, batch.request_id, logs))
