"""Store task: a redacted batch into the table. I/O-bound."""

from collections import Counter
from datetime import datetime

import msgspec
from pynamodb.exceptions import PynamoDBException

from foundation.outage import Outage
from models import DROPPED, ENCRYPTED, Counts, LogRecord, TenantErased, Verdict, compute_fingerprint, get_keyring
from observability import get_error_code
from originals import DataCipher, KeysUnavailable
from tasks.application import app
from tasks.batch import RedactedBatch, RedactedLog
from tasks.batch_result import BatchResult, FailedPart, discard
from tasks.failures import Reason
from tasks.pipeline_task import PipelineTask
from tasks.policies import PolicyInvalid, StorageContext, get_storage_context

_FAILURES = {Verdict.CONFLICT: Reason.CONFLICT, Verdict.INVALID: Reason.NOT_STORABLE}

# A table that throttles one tenant accepts the others' logs meanwhile.
_outage = Outage("storing in DynamoDB", quiet_seconds=10)
_records_outage = Outage("reading the policies and keys that records are built with", quiet_seconds=10)


@app.task(base=PipelineTask, input_type=RedactedBatch)
def store(batch: RedactedBatch) -> BatchResult:
    """Insert every log of a batch; a stored one is never overwritten.

    Args:
        batch: the redacted logs of one tenant.
    Returns:
        Retried are the logs that wait for DynamoDB, KMS or their tenant's turn; failed are those that can never be
        stored. The logs of an erased tenant are discarded.
    """
    try:
        records = build_records(batch)
    except TenantErased:
        return discard(batch)
    except PolicyInvalid:
        return BatchResult(failed=(FailedPart.from_batch(Reason.POLICY_INVALID, batch),))
    except (KeysUnavailable, PynamoDBException) as error:
        _records_outage.record_failure(str(error) if isinstance(error, KeysUnavailable) else get_error_code(error))
        return BatchResult(retry=batch)
    _records_outage.record_success()
    try:
        verdicts = LogRecord.insert(records, report_unavailable=_outage.record_failure)
    except TenantErased:
        return discard(batch)
    if Verdict.UNAVAILABLE not in verdicts:
        _outage.record_success()
    return _build_result(batch, records, verdicts)


def build_records(batch: RedactedBatch) -> list[LogRecord]:
    """Return a record of each log, in their order.

    The tenant's policy decides what is stored of the original, and for how long.

    Raises:
        originals.KeysUnavailable: no key to encrypt with can be had now.
        tasks.policies.PolicyInvalid: the tenant's policy can't be used.
        models.TenantErased: the tenant is erased, or being erased.
        pynamodb.exceptions.PynamoDBException: DynamoDB did not return the policy.
    """
    context = get_storage_context(batch.tenant_id)
    cipher = None
    if context.storage.original_mode == "encrypt":
        size = sum(len(log.original_text) for log in batch.logs)
        cipher = get_keyring().get_sealing_cipher(batch.tenant_id, len(batch.logs), size)
    expires_at = context.storage.expires_at
    return [_build_record(batch.tenant_id, log, context, cipher, expires_at) for log in batch.logs]


def _build_record(
    tenant_id: str, log: RedactedLog, context: StorageContext, cipher: DataCipher | None, expires_at: datetime | None
) -> LogRecord:
    record = LogRecord(
        tenant_id=tenant_id,
        log_id=log.log_id,
        original_text=log.original_text,
        modified_text=log.modified_text,
        processed_at=log.processed_at,
        redactions=log.redactions or None,
        event_time=log.event_time or None,
        # Whatever is stored of the original: so a redelivery is recognised also after the policy has changed.
        original_fingerprint=compute_fingerprint(context.fingerprint_key, log.log_id, log.original_text),
        expires_at=expires_at,
    )
    if cipher is not None:
        record.original_text, record.original = cipher.seal(log.log_id, log.original_text), ENCRYPTED
    elif context.storage.original_mode == "drop":
        record.original_text, record.original = log.modified_text, DROPPED
    return record


def _build_result(batch: RedactedBatch, records: list[LogRecord], verdicts: list[Verdict]) -> BatchResult:
    """Return the result from the verdict on each record."""

    def select_logs(*selected: Verdict) -> RedactedBatch | None:
        logs = tuple(log for log, verdict in zip(batch.logs, verdicts, strict=True) if verdict in selected)
        return msgspec.structs.replace(batch, logs=logs) if logs else None

    throttled = [record for record, verdict in zip(records, verdicts, strict=True) if verdict is Verdict.THROTTLED]
    # A batch that waits for DynamoDB too costs a retry, or it would never run out of them.
    waits_for_turn = throttled and Verdict.UNAVAILABLE not in verdicts
    return BatchResult(
        retry=select_logs(Verdict.UNAVAILABLE, Verdict.THROTTLED),
        retry_after_seconds=LogRecord.book_retry(throttled) if waits_for_turn else None,
        failed=tuple(
            FailedPart.from_batch(reason, logs)
            for verdict, reason in _FAILURES.items()
            if (logs := select_logs(verdict))
        ),
        counts=_count(select_logs(Verdict.STORED)),
    )


def _count(stored: RedactedBatch | None) -> Counts:
    redactions: Counter[str] = Counter()
    for log in stored.logs if stored else ():
        redactions.update(log.redactions)
    return Counts(stored=len(stored.logs) if stored else 0, redactions=redactions)
