"""Validate records, publish the valid ones, and report each result.

Every endpoint that takes logs ends here."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

import msgspec
from flask import request

from tasks.batch import Batch, Log
from tasks.submission.submit import QueueUnavailable, submit
from webapp.access import rate_limits
from webapp.access.auth import Caller, resolve_tenant, tenant_mismatch_problem
from webapp.access.rate_limits import Share
from webapp.http import metrics
from webapp.http.memory_budget import reserve_bytes
from webapp.http.problems import Problem, unavailable
from webapp.http.request_ids import get_request_id, get_traceparent
from webapp.ingest.limits import check_record_count
from webapp.ingest.log_ids import LogIds, id_from_idempotency_key
from webapp.ingest.resent_requests import RetriedRequests
from webapp.ingest.validation import (
    IncomingRecord,
    InvalidRecord,
    parse_log_id,
    parse_tenant_id,
    require_record,
    validate_log,
)

logger = logging.getLogger(__name__)

MAX_IDEMPOTENCY_KEY_CHARACTERS = 255
RECORD_BYTES = 300
"""Memory of a record besides its text: its id, a log, a result."""
RECORDS_PER_RESERVATION = 1000
"""Memory is reserved for so many records at once: reserving takes a lock that all requests share."""

_retried_requests = RetriedRequests()


class Rejection(msgspec.Struct, frozen=True):
    """Why a record was not accepted. `log_id` is its own, if valid."""

    index: int
    code: str
    detail: str
    log_id: str | None = None


class Receipt(msgspec.Struct, frozen=True):
    """Result of each record: its id if SQS has it, else None."""

    log_ids: list[str | None]
    rejections: list[Rejection]

    @property
    def accepted(self) -> int:
        """Number of records that SQS has."""
        return len(self.log_ids) - len(self.rejections)


class _RecordsByTenant(msgspec.Struct):
    """Valid logs by tenant, and the tenant of each record.

    `tenant_of_record` has None for a rejected record. `generated_ids` has
    ids for records without one; it stays empty if the request has an Idempotency-Key.
    """

    logs: dict[str, list[Log]]
    generated_ids: dict[str, LogIds]
    tenant_of_record: list[str | None]
    rejections: list[Rejection]


def accept_records(
    incoming: Iterable[IncomingRecord], caller: Caller, body_bytes: int, tenant_id: str | None = None
) -> Receipt:
    """Validate a request's records and publish the valid ones to SQS.

    Args:
        incoming: the records of one request, in order.
        caller: the authenticated sender.
        body_bytes: size of the body, charged to the limits of its tenants.
        tenant_id: the tenant that a header of the protocol names; x-tenant-id is used without one.
    Returns:
        The result of each record. SQS has all accepted ones, which may be none.
    Raises:
        Problem: 403 if a record is for another tenant than the caller's, or the tenant is suspended; 413 if there are
            too many records; 429 over a limit; 503 if SQS did not take all of them, of which it may have a part. To
            send again and be sure that nothing is stored twice a client needs log ids or an Idempotency-Key.
    """
    request_tenant = resolve_tenant(caller, tenant_id or request.headers.get("x-tenant-id"))
    records = _validate_records(incoming, caller, request_tenant)
    shares = [
        Share(tenant, len(logs), body_bytes * len(logs) // len(records.tenant_of_record))
        for tenant, logs in records.logs.items()
    ]
    if shares or caller.tenant_id is None:
        rate_limits.charge_ingest(shares)
    else:
        # No record is valid, but the request still counts.
        rate_limits.charge_ingest([Share(caller.tenant_id, 0, body_bytes)])
    batches = [_build_batch(tenant, records) for tenant in records.logs]
    try:
        for batch in batches:
            _publish(batch)
    except Problem:
        # SQS may have some of these batches. All are remembered, so that a repeated request gets the same ids.
        for batch in batches:
            if batch.tenant_id in records.generated_ids:
                _retried_requests.remember(batch, records.generated_ids[batch.tenant_id])
        raise
    for share in shares:
        metrics.count_records(share.tenant_id, share.records, share.body_bytes)
    log_ids = {batch.tenant_id: iter([log.log_id for log in batch.logs]) for batch in batches}
    return Receipt(
        [next(log_ids[tenant]) if tenant else None for tenant in records.tenant_of_record], records.rejections
    )


def _validate_records(
    incoming: Iterable[IncomingRecord], caller: Caller, request_tenant: str | None
) -> _RecordsByTenant:
    idempotency_key = _get_idempotency_key()
    records = _RecordsByTenant(defaultdict(list), defaultdict(LogIds.generate), [], [])
    for index, record in enumerate(incoming):
        if index % RECORDS_PER_RESERVATION == RECORDS_PER_RESERVATION - 1:
            check_record_count(index + 1)
            reserve_bytes(RECORDS_PER_RESERVATION * RECORD_BYTES)
        try:
            require_record(record)
            tenant = parse_tenant_id(record, request_tenant)
            if idempotency_key is None:
                log = validate_log(record, records.generated_ids[tenant].id_at, len(records.logs.get(tenant, ())))
            else:
                log = validate_log(record, partial(id_from_idempotency_key, tenant, idempotency_key), index)
        except InvalidRecord as error:
            if error.code == "tenant_id_mismatch" and caller.tenant_id is not None:
                raise tenant_mismatch_problem() from None
            metrics.count_rejected(request_tenant, error.code)
            records.rejections.append(Rejection(index, error.code, error.detail, _get_log_id_or_none(record)))
            records.tenant_of_record.append(None)
        else:
            records.logs[tenant].append(log)
            records.tenant_of_record.append(tenant)
    check_record_count(len(records.tenant_of_record))
    return records


def _build_batch(tenant_id: str, records: _RecordsByTenant) -> Batch:
    """Build a tenant's batch, with its previous ids after a 503."""
    batch = Batch(tenant_id, get_request_id(), tuple(records.logs[tenant_id]), get_traceparent())
    if tenant_id not in records.generated_ids:
        return batch
    new_ids = records.generated_ids[tenant_id]
    previous_ids = _retried_requests.take_previous_ids(batch, new_ids)
    if previous_ids is None:
        return batch
    records.generated_ids[tenant_id] = previous_ids
    logs = (
        msgspec.structs.replace(log, log_id=previous_ids.id_at(index)) if log.log_id == new_ids.id_at(index) else log
        for index, log in enumerate(batch.logs)
    )
    return msgspec.structs.replace(batch, logs=tuple(logs))


def _publish(batch: Batch) -> None:
    try:
        submit(batch)
    except QueueUnavailable as error:
        logger.error("request %s: SQS did not accept its logs: %s", batch.request_id, error)
        raise unavailable(
            "queue_unavailable",
            "The queue does not answer, so the logs may not be accepted. Send the whole request again, with the same "
            "Idempotency-Key or log ids, so that no log is stored twice.",
        ) from None


def _get_idempotency_key() -> str | None:
    idempotency_key = request.headers.get("Idempotency-Key")
    if idempotency_key is not None and not 1 <= len(idempotency_key) <= MAX_IDEMPOTENCY_KEY_CHARACTERS:
        raise Problem(
            400,
            "idempotency_key_invalid",
            f"The header Idempotency-Key must have 1 to {MAX_IDEMPOTENCY_KEY_CHARACTERS} characters.",
        )
    return idempotency_key


def _get_log_id_or_none(record: IncomingRecord) -> str | None:
    try:
        return parse_log_id(record)
    except InvalidRecord:
        return None
