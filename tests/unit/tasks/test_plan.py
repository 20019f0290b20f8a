"""What goes into a message of its own when it fails."""

import pytest

from tasks.failures import Reason
from tasks.plan import DeadLetter


def letter(reason: Reason, count: int) -> DeadLetter:
    return DeadLetter(reason, {"tenant_id": "t", "logs": [{"log_id": str(number)} for number in range(count)]})


@pytest.mark.parametrize("reason", [Reason.CONFLICT, Reason.NOT_STORABLE, Reason.NOT_REDACTED])
def test_logs_that_failed_for_what_they_are_go_alone_while_they_are_few(reason: Reason) -> None:
    parts = list(letter(reason, 10).apart())

    assert [part.payload for part in parts] == [
        {"tenant_id": "t", "logs": [{"log_id": str(number)}]} for number in range(10)
    ]
    assert {part.reason for part in parts} == {reason}
    many = letter(reason, 11)
    assert list(many.apart()) == [many]


@pytest.mark.parametrize("reason", [Reason.RETRIES_EXHAUSTED, Reason.POLICY_INVALID, Reason.UNEXPECTED_ERROR])
def test_what_lies_in_the_batch_stays_together(reason: Reason) -> None:
    whole = letter(reason, 5)

    assert list(whole.apart()) == [whole]


def test_what_is_no_batch_goes_as_it_is() -> None:
    nonsense = DeadLetter(Reason.INVALID_ARGUMENTS, ["nonsense"])

    assert list(nonsense.apart()) == [nonsense]
