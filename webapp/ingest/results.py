"""Result of a request for the client: accepted ids and errors."""

from typing import Annotated

import msgspec

from webapp.ingest.accept import Receipt, Rejection

MAX_SHORT_ERRORS = 5


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of the accepted records, and errors of the others."""

    accepted: Annotated[int, msgspec.Meta(ge=0)]
    rejected: Annotated[int, msgspec.Meta(ge=0)]
    log_ids: list[str]
    errors: list[Rejection]


class Accepted(Verdicts, frozen=True, kw_only=True):
    """At least one record is accepted."""

    request_id: str


def build_verdicts(receipt: Receipt) -> Verdicts:
    """Convert a receipt to what the client reads."""
    return Verdicts(
        accepted=receipt.accepted,
        rejected=len(receipt.rejections),
        log_ids=[log_id for log_id in receipt.log_ids if log_id is not None],
        errors=receipt.rejections,
    )


def shorten_verdicts(verdicts: Verdicts) -> Verdicts:
    """Keep the counts and the first error of each code, without ids.

    Some clients take an answer for a failure if it has more than 4 KiB with its headers.
    """
    first = {error.code: error for error in reversed(verdicts.errors)}
    errors = sorted(first.values(), key=lambda error: error.index)[:MAX_SHORT_ERRORS]
    return Verdicts(
        accepted=verdicts.accepted,
        rejected=verdicts.rejected,
        log_ids=[],
        errors=[msgspec.structs.replace(error, log_id=None) for error in errors],
    )
