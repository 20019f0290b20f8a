"""Redacted batch into the table. I/O-bound."""

from collections import Counter

import msgspec
from pynamodb.exceptions import PynamoDBException

from foundation.outage import Outage
from models import Counts, LogRecord, TenantErased, Verdict
from originals import KeysUnavailable
from tasks.application import app
from tasks.batch import RedactedBatch
from tasks.failures import Reason
from tasks.outcome import Outcome, discarded
from tasks.pipeline_task import PipelineTask
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
        Which of them are done, which wait for DynamoDB, KMS or their tenant's turn, and which failed for good. Those of
        a tenant that was erased are thrown away.
    """
    try:
        records = to_records(batch)
    except TenantErased:
        return discarded(batch)
    except PolicyInvalid:
        return Outcome(failed=((Reason.POLICY_INVALID, batch),))
    except (KeysUnavailable, PynamoDBException) as error:
        _records_outage.record_failure(
            str(error) if isinstance(error, KeysUnavailable) else type(error.cause or error).__name__
        )
        return Outcome(unavailable=batch)
    _records_outage.record_success()
    try:
        verdicts = LogRecord.insert(records, tell_unavailable=_outage.record_failure)
    except TenantErased:
        return discarded(batch)
    if Verdict.UNAVAILABLE not in verdicts:
        _outage.record_success()

    def logs_with(*some: Verdict) -> RedactedBatch | None:
        logs = tuple(log for log, its in zip(batch.logs, verdicts, strict=True) if its in some)
        return msgspec.structs.replace(batch, logs=logs) if logs else None

    throttled = [record for record, its in zip(records, verdicts, strict=True) if its is Verdict.THROTTLED]
    waits_for_turn = throttled and Verdict.UNAVAILABLE not in verdicts
    return Outcome(
        unavailable=logs_with(Verdict.UNAVAILABLE, Verdict.THROTTLED),
        turn_seconds=LogRecord.seconds_until_turn(throttled) if waits_for_turn else None,
        failed=tuple((reason, logs) for verdict, reason in _FAILURES.items() if (logs := logs_with(verdict))),
        counts=_counts(logs_with(Verdict.STORED)),
    )


def _counts(stored: RedactedBatch | None) -> Counts:
    redactions: Counter[str] = Counter()
    for log in stored.logs if stored else ():
        redactions.update(log.redactions)
    return Counts(stored=len(stored.logs) if stored else 0, redactions=redactions)
