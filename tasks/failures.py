"""Reasons of dead letters, and the errors that end a task."""

from enum import StrEnum


class Reason(StrEnum):
    """Code in the header `reason` of a dead letter, with its meaning."""

    detail: str

    def __new__(cls, code: str, detail: str) -> "Reason":
        """Create a member from its code and its meaning."""
        reason = str.__new__(cls, code)
        reason._value_ = code
        reason.detail = detail
        return reason

    RETRIES_EXHAUSTED = (
        "retries_exhausted",
        "A service that the task needs was unavailable for as long as it was tried.",
    )
    CONFLICT = "conflict", "Another text is stored under the log's id."
    NOT_STORABLE = "not_storable", "DynamoDB will never accept the item."
    NOT_REDACTED = (
        "not_redacted",
        "The redactor failed on the log, or took too long; a log is never stored without redaction.",
    )
    POLICY_INVALID = (
        "policy_invalid",
        "The tenant's redaction policy is invalid; none of the tenant's logs is stored until it is corrected.",
    )
    INVALID_ARGUMENTS = "invalid_arguments", "The message's arguments are not a batch."
    UNEXPECTED_ERROR = "unexpected_error", "The task raised an unexpected error; the header `exception` names its type."


REASONS_IN_A_LOG = {Reason.CONFLICT, Reason.NOT_STORABLE, Reason.NOT_REDACTED}
"""Reasons that lie in a single log; all others concern its whole batch."""


class Unavailable(Exception):
    """Error of a service that does not answer now.

    The task is tried again later.
    """


class DeadLettered(Exception):
    """End of a task that put logs into the failure queue.

    It carries the reasons, never a text.
    """
