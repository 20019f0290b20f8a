"""Why a batch, or some of its logs, ends in the failure queue."""

from enum import StrEnum


class Reason(StrEnum):
    """The codes in the header `reason` of a message in the failure queue, each with what it means."""

    detail: str

    def __new__(cls, code: str, detail: str) -> "Reason":
        reason = str.__new__(cls, code)
        reason._value_ = code
        reason.detail = detail
        return reason

    RETRIES_EXHAUSTED = "retries_exhausted", "What it needed was unavailable for as long as it was tried."
    CONFLICT = "conflict", "Another text is stored under the log's id."
    NOT_STORABLE = "not_storable", "DynamoDB will never take the item."
    NOT_REDACTED = "not_redacted", "The redactor failed on the log, or took too long; it is never stored as it is."
    POLICY_INVALID = (
        "policy_invalid",
        "The tenant's redaction policy can't be used; nothing of the tenant is stored until it is put right.",
    )
    INVALID_ARGUMENTS = "invalid_arguments", "The message's arguments are not a batch."
    UNEXPECTED_ERROR = "unexpected_error", "The task raised something nobody foresaw; the header exception names it."


OF_ONE_LOG = {Reason.CONFLICT, Reason.NOT_STORABLE, Reason.NOT_REDACTED}
"""Reasons that lie in a log; the others are its batch's."""


class Unavailable(Exception):
    """Something that a task needs does not answer now; the task is tried again later."""


class DeadLettered(Exception):
    """The task failed for good and its message is in the failure queue. Carries the reason, never a text."""
