"""Redacted batch into the table. I/O-bound."""

import msgspec
from pynamodb.exceptions import PynamoDBException

from broker.outage import Outage
from models import LogRecord, TenantErased, Verdict
from originals import KeysUnavailable
from tasks.application import app
from tasks.base import PipelineTask
from tasks.batch import RedactedBatch
from tasks.failures import Reason
from tasks.outcome import Outcome, discarded
from tasks.policies import PolicyInvalid
from tasks.recording import to_records

_FAILURES = {Verdict.CONFLICT: Reason.CONFLICT, Verdict.INVALID: Reason.NOT_STORABLE}

# A table that throttles one tenant takes the others' logs meanwhile.
_outage = Outage("storing in DynamoDB", quiet_seconds=10)
_records_outage = Outage("getting the policies and keys that records are made with", quiet_seconds=10)


@app.task(base=PipelineTask, input_type=RedactedBatch)
def store(batch: RedactedBatch) -> Outcome:
    """Insert every log of a batch; what is stored already is never overwritten.

    Args:
        batch: the redacted logs of one tenant.
    Returns:
        Which of them are done, which wait for DynamoDB or KMS, and which failed for good. Those of a tenant that was
        erased are thrown away.
    """
    try:
        records = to_records(batch)
    except TenantErased:
        return discarded(batch)
    except PolicyInvalid:
        return Outcome(failed=((Reason.POLICY_INVALID, batch),))
    except (KeysUnavailable, PynamoDBException) as error:
        _records_outage.failed(
            str(error) if isinstance(error, KeysUnavailable) else type(error.cause or error).__name__
        )
        return Outcome(unavailable=batch)
    _records_outage.worked()
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
