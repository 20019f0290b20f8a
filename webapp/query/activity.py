"""GET /activity: a tenant's counts, minute by minute.

It needs an API key with the scope read.
"""

from datetime import UTC, datetime, timedelta

import msgspec
from flask import Blueprint, Response

from models import TenantActivity, resolve_moment
from webapp.http.problems import Problem
from webapp.http.request_ids import get_request_id
from webapp.openapi.common import API_KEY_SCHEMES
from webapp.openapi.operation import Operation, documented, query, response
from webapp.query.request import (
    READING_PARAMETERS,
    READING_PROBLEMS,
    TIME,
    admit_reader,
    dynamodb_errors_as_problems,
    json_response,
    parse_time_parameter,
)

blueprint = Blueprint("activity", __name__)

MAX_RANGE = timedelta(days=1)
_DEFAULT_RANGE = timedelta(hours=1)


class ActiveMinute(msgspec.Struct, frozen=True):
    """Counts of a minute, in logs.

    `dropped` logs are neither stored nor failures, because the tenant's policy drops them. `redactions` counts the
    values that were replaced in stored logs, by entity.
    """

    minute: str
    accepted: int
    received_bytes: int
    stored: int
    failures: int
    dropped: int
    redactions: dict[str, int]


class Activity(msgspec.Struct, frozen=True):
    """The minutes in which anything was counted, in order."""

    minutes: list[ActiveMinute]
    request_id: str


@blueprint.get("/activity")
@documented(
    Operation(
        tag="Logs",
        summary="Count what was done",
        description="Counts for people, not for billing: a log that is sent again counts again as accepted, "
        "and what could not be counted at once is missing. A log that the tenant's policy drops counts as `dropped`, "
        "and is neither stored nor a failure.",
        parameters=(
            *READING_PARAMETERS,
            query("since", "Start: a time ago such as 15m, or ISO 8601; 1h by default.", **TIME),
            query("until", "End, at most a day later; now by default.", **TIME),
        ),
        responses={200: response("Counts by minute.", Activity)},
        problems=READING_PROBLEMS
        | {400: (*READING_PROBLEMS[400], "since_invalid", "until_invalid", "range_invalid", "range_too_long")},
        security_schemes=API_KEY_SCHEMES,
    )
)
def activity() -> Response:
    """Return the tenant's counts."""
    with admit_reader("since", "until") as (tenant_id, _):
        since, until = _parse_range()
        with dynamodb_errors_as_problems("activity"):
            rows = list(TenantActivity.between(tenant_id, since, until))
    return json_response(Activity([_to_minute(row) for row in rows], get_request_id()))


def _parse_range() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    since, until = parse_time_parameter("since"), parse_time_parameter("until")
    end = now if until is None else resolve_moment(until, now)
    begin = resolve_moment(_DEFAULT_RANGE, end) if since is None else resolve_moment(since, now)
    if begin >= end:
        raise Problem(400, "range_invalid", "since must be before until.")
    if end - begin > MAX_RANGE:
        raise Problem(400, "range_too_long", "since and until may be at most a day apart; ask for each day apart.")
    return begin, end


def _to_minute(row: TenantActivity) -> ActiveMinute:
    counts = row.counts
    return ActiveMinute(
        row.minute,
        counts.accepted,
        counts.received_bytes,
        counts.stored,
        counts.failures,
        counts.dropped,
        dict(counts.redactions),
    )
