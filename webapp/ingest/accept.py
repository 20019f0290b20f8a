"""What every way in has in common: records in, verdicts out, once SQS has what was right."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

import msgspec
from flask import request

from tasks.batch import Batch, Log
from tasks.submit import QueueUnavailable, submit
from webapp.access import rate_limits
from webapp.access.auth import Caller, of_another_tenant, tenant_named
from webapp.access.rate_limits import Share
from webapp.http import metrics
from webapp.http.memory_budget import reserve
from webapp.http.problems import Problem, unavailable
from webapp.http.request_ids import current_request_id, current_traceparent
from webapp.ingest.limits import check_count
from webapp.ingest.log_ids import LogIds, id_by_key
from webapp.ingest.resent_requests import Refusals
from webapp.ingest.validation import Entry, Invalid, check, to_log, to_log_id, to_tenant_id

logger = logging.getLogger(__name__)

MAX_IDEMPOTENCY_KEY_CHARACTERS = 255
RECORD_BYTES = 300
"""What a record takes in memory besides its text: its id, a log, a verdict."""
RESERVED_TOGETHER = 1000

_refusals = Refusals()


class Rejection(msgspec.Struct, frozen=True):
    """Why a record was not taken; `log_id` is the one that it brought."""

    index: int
    code: str
    detail: str
    log_id: str | None = None


class Receipt(msgspec.Struct, frozen=True):
    """What became of the records of a request: an id for each that SQS has, None for each that was rejected."""

    log_ids: list[str | None]
    rejections: list[Rejection]

    @property
    def accepted(self) -> int:
        """How many SQS has."""
        return len(self.log_ids) - len(self.rejections)


class _Sorted(msgspec.Struct):
    """The records of a request: the logs of each tenant, and whose each record is, None for the rejected ones."""

    logs: dict[str, list[Log]]
    ids: dict[str, LogIds]
    whose: list[str | None]
    rejections: list[Rejection]


def take(entries: Iterable[Entry], caller: Caller, body_bytes: int, tenant_id: str | None = None) -> Receipt:
    """Check each record, and send those that are right on their way.

    Args:
        entries: the records of one request.
        caller: who sends them.
        body_bytes: how large the request was, for its tenant's limit.
        tenant_id: whose they are by a header of the protocol; x-tenant-id without one.
    Returns:
        The verdict on each. SQS has all that are accepted; that may be none.
    Raises:
        Problem: 403 when a record is for another tenant than the caller's, or the tenant is suspended; 413 when there
            are too many; 429 over a limit; 503 when SQS did not take all of them, of which it may have a part: a client
            that sends again has to bring ids or an Idempotency-Key, so that none is stored twice for certain.
    """
    of_request = tenant_named(caller, tenant_id or request.headers.get("x-tenant-id"))
    records = _sort(entries, caller, of_request)
    shares = [
        Share(tenant, len(logs), body_bytes * len(logs) // len(records.whose)) for tenant, logs in records.logs.items()
    ]
    if shares or caller.tenant_id is None:
        rate_limits.check(shares)
    else:
        # Nothing of it can be taken, but it is a request.
        rate_limits.check([Share(caller.tenant_id, 0, body_bytes)])
    batches = [_batch_of(tenant, records) for tenant in records.logs]
    try:
        for batch in batches:
            _submit(batch)
    except Problem:
        for batch in batches:
            if batch.tenant_id in records.ids:
                _refusals.note(batch, records.ids[batch.tenant_id])
        raise
    for share in shares:
        metrics.count_records(share.tenant_id, share.records, share.body_bytes)
    log_ids = {batch.tenant_id: iter([log.log_id for log in batch.logs]) for batch in batches}
    return Receipt([next(log_ids[tenant]) if tenant else None for tenant in records.whose], records.rejections)


def _sort(entries: Iterable[Entry], caller: Caller, of_request: str | None) -> _Sorted:
    key = _idempotency_key()
    records = _Sorted(defaultdict(list), defaultdict(LogIds.new), [], [])
    for index, entry in enumerate(entries):
        if index % RESERVED_TOGETHER == RESERVED_TOGETHER - 1:
            check_count(index + 1)
            reserve(RESERVED_TOGETHER * RECORD_BYTES)
        try:
            check(entry)
            tenant = to_tenant_id(entry, of_request)
            if key is None:
                log = to_log(entry, records.ids[tenant].of, len(records.logs.get(tenant, ())))
            else:
                log = to_log(entry, partial(id_by_key, tenant, key), index)
        except Invalid as error:
            if error.code == "tenant_id_mismatch" and caller.tenant_id is not None:
                raise of_another_tenant() from None
            metrics.count_rejected(of_request, error.code)
            records.rejections.append(Rejection(index, error.code, error.detail, _log_id_of(entry)))
            records.whose.append(None)
        else:
            records.logs[tenant].append(log)
            records.whose.append(tenant)
    check_count(len(records.whose))
    return records


def _batch_of(tenant_id: str, records: _Sorted) -> Batch:
    """A tenant's logs; with the ids that they had, when they were refused before."""
    batch = Batch(tenant_id, current_request_id(), tuple(records.logs[tenant_id]), current_traceparent())
    if tenant_id not in records.ids:
        return batch
    ids = records.ids[tenant_id]
    refused = _refusals.ids_of_refused(batch, ids)
    if refused is None:
        return batch
    records.ids[tenant_id] = refused
    logs = (
        msgspec.structs.replace(log, log_id=refused.of(place)) if log.log_id == ids.of(place) else log
        for place, log in enumerate(batch.logs)
    )
    return msgspec.structs.replace(batch, logs=tuple(logs))


def _submit(batch: Batch) -> None:
    try:
        submit(batch)
    except QueueUnavailable as error:
        logger.error("request %s: SQS did not take it: %s", batch.request_id, error)
        raise unavailable(
            "queue_unavailable",
            "The queue does not answer; nothing is known to be accepted. Send all of it again, with the same "
            "Idempotency-Key or ids, so that no log is stored twice.",
        ) from None


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY_CHARACTERS:
        raise Problem(
            400, "idempotency_key_invalid", f"An Idempotency-Key has 1 to {MAX_IDEMPOTENCY_KEY_CHARACTERS} characters."
        )
    return key


def _log_id_of(entry: Entry) -> str | None:
    try:
        return to_log_id(entry)
    except Invalid:
        return None
