"""Redacted batch into the table. I/O-bound."""

from collections import Counter
from collections.abc import Sequence

import msgspec
from pynamodb.exceptions import PynamoDBException

from broker.outage import Outage
from models import Counts, LogRecord, TenantErased, Verdict
from originals import KeysUnavailable
from tasks.application import app
from tasks.base import PipelineTask
from tasks.batch import RedactedBatch
from tasks.failures import Reason
from tasks.outcome import Outcome, discarded
from tasks.policies import PolicyInvalid
from tasks.recording import to_records

_FAILURES = {Verdict.CONFLICT: Reason.CONFLICT, Verdict.INVALID: Reason.NOT_STORABLE}
_THERE = {Verdict.STORED, Verdict.REDELIVERED}

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
        _records_outage.failed(
            str(error) if isinstance(error, KeysUnavailable) else type(error.cause or error).__name__
        )
        return Outcome(unavailable=batch)
    _records_outage.worked()
    try:
        verdicts = _insert(batch, records)
    except TenantErased:
        return discarded(batch)
    if Verdict.UNAVAILABLE not in verdicts:
        _outage.worked()

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


def _insert(batch: RedactedBatch, records: Sequence[LogRecord]) -> list[Verdict]:
    """A verdict on each record; of several under one id the first is inserted, and the others judged by what is there.

    One with the same original is done when the first is, or with it in failures.
    """
    uses: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        uses.setdefault(record.log_id, []).append(place)
    verdicts = [Verdict.UNAVAILABLE] * len(records)
    while uses:
        firsts = [places[0] for places in uses.values()]
        inserted = LogRecord.insert([records[place] for place in firsts], tell_unavailable=_outage.failed)
        for place, verdict in zip(firsts, inserted, strict=True):
            verdicts[place] = verdict
        left = {log_id: _judge_others(batch, records, places, verdicts) for log_id, places in uses.items()}
        uses = {log_id: places for log_id, places in left.items() if places}
    return verdicts


def _judge_others(
    batch: RedactedBatch, records: Sequence[LogRecord], places: Sequence[int], verdicts: list[Verdict]
) -> list[int]:
    """Those that can't be judged by what became of the first, because nothing is stored under their id yet."""
    first = records[places[0]]
    others = [place for place in places[1:] if records[place].original_fingerprint != first.original_fingerprint]
    verdict = verdicts[places[0]]
    is_settled = verdict in _THERE or verdict in _FAILURES
    for place in places[1:]:
        verdicts[place] = Verdict.REDELIVERED if is_settled else verdict
    if verdict is Verdict.INVALID:
        return others
    if others and is_settled:
        stored = first if verdict in _THERE else _stored(first)
        for place in others:
            verdicts[place] = _verdict(stored, records[place], batch.logs[place].original_text)
    return []


def _stored(record: LogRecord) -> LogRecord | None:
    """What is stored under its id; None when that can't be read now."""
    try:
        return LogRecord.of(record.tenant_id, record.log_id)
    except (PynamoDBException, LogRecord.DoesNotExist) as error:
        _outage.failed(type(error).__name__)
        return None


def _verdict(stored: LogRecord | None, record: LogRecord, text: str) -> Verdict:
    """What is older than fingerprints has its original in plain text."""
    if stored is None:
        return Verdict.UNAVAILABLE
    if stored.original_fingerprint is None:
        is_there = stored.original_text == text  # type: ignore[unreachable]  # pynamodb's stubs know no null
    else:
        is_there = stored.original_fingerprint == record.original_fingerprint
    return Verdict.REDELIVERED if is_there else Verdict.CONFLICT


def _counts(stored: RedactedBatch | None) -> Counts:
    redactions: Counter[str] = Counter()
    for log in stored.logs if stored else ():
        redactions.update(log.redactions)
    return Counts(stored=len(stored.logs) if stored else 0, redactions=redactions)
