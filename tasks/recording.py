"""Redacted logs as the records that are stored of them."""

from datetime import datetime

from models import DROPPED, ENCRYPTED, LogRecord, data_keys, fingerprint_of
from originals import DataCipher
from tasks.batch import RedactedBatch, RedactedLog
from tasks.policies import Storing, storing_of


def to_records(batch: RedactedBatch) -> list[LogRecord]:
    """A record of each log, in their order, as the policy of the tenant says.

    Raises:
        originals.KeysUnavailable: there is no key to encrypt with now.
        tasks.policies.PolicyInvalid: the tenant's policy can't be used.
        models.TenantErased: it was, or is being.
        pynamodb.exceptions.PynamoDBException: DynamoDB did not say what the policy is.
    """
    storing = storing_of(batch.tenant_id)
    cipher = None
    if storing.storage.original_mode == "encrypt":
        size = sum(len(log.original_text) for log in batch.logs)
        cipher = data_keys().to_seal(batch.tenant_id, len(batch.logs), size)
    expires_at = storing.storage.expires_at
    return [_to_record(batch.tenant_id, log, storing, cipher, expires_at) for log in batch.logs]


def _to_record(
    tenant_id: str, log: RedactedLog, storing: Storing, cipher: DataCipher | None, expires_at: datetime | None
) -> LogRecord:
    """Each has the fingerprint of its original, whatever is stored of that: so a log that comes again is known as one
    also after its tenant's policy has changed."""
    record = LogRecord(
        tenant_id=tenant_id,
        log_id=log.log_id,
        original_text=log.original_text,
        modified_text=log.modified_text,
        processed_at=log.processed_at,
        redactions=log.redactions or None,
        event_time=log.event_time or None,
        original_fingerprint=fingerprint_of(storing.fingerprint_key, log.log_id, log.original_text),
        expires_at=expires_at,
    )
    if cipher is not None:
        record.original_text, record.original = cipher.seal(log.log_id, log.original_text), ENCRYPTED
    elif storing.storage.original_mode == "drop":
        record.original_text, record.original = log.modified_text, DROPPED
    return record
