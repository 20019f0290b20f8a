"""Result of a task: how its failed logs become dead letters."""

import pytest

from models import Counts
from tasks.batch import Batch, Log
from tasks.batch_result import BatchResult, FailedPart
from tasks.failures import Reason


def failed_part(reason: Reason, count: int) -> FailedPart:
    return FailedPart(reason, {"tenant_id": "t", "logs": [{"log_id": str(number)} for number in range(count)]})


@pytest.mark.parametrize("reason", [Reason.CONFLICT, Reason.NOT_STORABLE, Reason.NOT_REDACTED])
def test_up_to_ten_logs_that_failed_by_themselves_get_a_message_each(reason: Reason) -> None:
    parts = list(failed_part(reason, 10).split_by_log())

    assert [part.payload for part in parts] == [
        {"tenant_id": "t", "logs": [{"log_id": str(number)}]} for number in range(10)
    ]
    assert {part.reason for part in parts} == {reason}
    eleven = failed_part(reason, 11)
    assert list(eleven.split_by_log()) == [eleven]


@pytest.mark.parametrize("reason", [Reason.RETRIES_EXHAUSTED, Reason.POLICY_INVALID, Reason.UNEXPECTED_ERROR])
def test_logs_that_failed_for_a_reason_in_their_batch_stay_together(reason: Reason) -> None:
    whole = failed_part(reason, 5)
    assert list(whole.split_by_log()) == [whole]


def test_a_foreign_payload_stays_unchanged_and_counts_as_one_log() -> None:
    nonsense = FailedPart(Reason.INVALID_ARGUMENTS, ["nonsense"])
    assert list(nonsense.split_by_log()) == [nonsense]
    assert nonsense.log_count == 1


def test_failures_are_counted_by_log() -> None:
    result = BatchResult(
        failed=(failed_part(Reason.CONFLICT, 2), failed_part(Reason.NOT_STORABLE, 3)), counts=Counts(stored=4)
    )

    assert result.counts_with_failures == Counts(stored=4, failures=5)


def test_a_retry_that_fails_joins_the_other_failed_parts() -> None:
    batch = Batch("t", "r", (Log("a", "text"),))
    conflict = failed_part(Reason.CONFLICT, 1)

    result = BatchResult(retry=batch, failed=(conflict,)).fail_retry()

    assert result.retry is None
    assert result.failed == (conflict, FailedPart.from_batch(Reason.RETRIES_EXHAUSTED, batch))
    assert BatchResult().fail_retry() == BatchResult()
