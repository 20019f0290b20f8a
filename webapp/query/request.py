"""What every way to read has in common: for whom, what may be asked, and what is said when DynamoDB is down."""

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from flask import Response, request

from models import TenantErased
from models.tables.connection import DYNAMODB_ERRORS
from observability import safe_error_summary
from topology import TENANT_ID_PATTERN
from webapp.access import rate_limits
from webapp.access.auth import Caller, authenticate, resolve_tenant
from webapp.http.problems import Problem, unavailable
from webapp.openapi.common import ACCESS_PROBLEMS, REQUEST_ID
from webapp.openapi.operation import header

logger = logging.getLogger(__name__)

MAX_READERS = 16
"""Requests that read at once. When DynamoDB hangs each of them does for up to 20 s, with a thread and the memory of a
page, and those that bring logs need both."""
_turns = threading.BoundedSemaphore(MAX_READERS)

_TENANT_ID = re.compile(TENANT_ID_PATTERN)
_AGO = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# A plus sign of a query that was not escaped.
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")

TIME: dict[str, Any] = {"examples": ["15m", "2026-01-31T12:00:00Z"]}
"""Schema of `since` and `until`."""
TENANT = header(
    "x-tenant-id",
    "Tenant of the logs. It must agree with the API key; without one it is enough on the embedded engine only.",
    pattern=f"^{TENANT_ID_PATTERN}$",
)
READING_PARAMETERS = (TENANT, REQUEST_ID)
"""What is looked at on every path that reads."""
READING_PROBLEMS: dict[int, tuple[str, ...]] = {
    400: ("tenant_id_missing", "tenant_id_invalid", "parameter_unknown", "parameter_repeated"),
    401: ACCESS_PROBLEMS[401],
    403: ACCESS_PROBLEMS[403],
    429: ACCESS_PROBLEMS[429],
    503: ("logs_unavailable", "auth_unavailable", "tenant_unavailable", "busy"),
}
"""What `admit_reader` and `dynamodb_errors_as_problems` raise."""


@contextmanager
def admit_reader(*parameters: str) -> Iterator[tuple[str, Caller]]:
    """The tenant of the current request, and who asks, if they may.

    Args:
        parameters: that the query may have. Any other is refused: a filter with a wrong name would find everything.
    Raises:
        Problem: 400 for another parameter or no tenant; 401, 403, 429 and 503 as `authenticate` and `charge_read`; 503
            when others read already, MAX_READERS of them.
    """
    reader = _reader_of(parameters)
    if not _turns.acquire(blocking=False):
        raise unavailable("busy", "Too many read at this moment; ask again.")
    try:
        yield reader
    finally:
        _turns.release()


def _reader_of(parameters: Sequence[str]) -> tuple[str, Caller]:
    caller = authenticate("read")
    tenant_id = resolve_tenant(caller, request.headers.get("x-tenant-id"))
    if tenant_id is None:
        raise Problem(400, "tenant_id_missing", "Name the tenant in the header x-tenant-id, or send a key.")
    if not _TENANT_ID.fullmatch(tenant_id):
        raise Problem(400, "tenant_id_invalid", "A tenant id has 1 to 64 of the characters A-Z a-z 0-9 . _ - only.")
    rate_limits.charge_read(tenant_id)
    if request.args.keys() - set(parameters):
        known = ", ".join(parameters)
        raise Problem(400, "parameter_unknown", f"One of the parameters is not known here; there are: {known}.")
    if any(len(values) > 1 for _, values in request.args.lists()):
        raise Problem(400, "parameter_repeated", "Send each parameter once.")
    return tenant_id, caller


def parse_time_parameter(name: str) -> datetime | timedelta | None:
    """A parameter as a point in time, or as how long ago it is; None when it is not there.

    Raises:
        Problem: 400, it is neither.
    """
    text = request.args.get(name)
    if text is None:
        return None
    if match := _AGO.fullmatch(text):
        try:
            return timedelta(**{_UNITS[match[2]]: int(match[1])})
        except OverflowError:
            return timedelta.max
    for written in (text, _LOST_PLUS.sub("+", text)):
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            continue
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    raise Problem(
        400,
        f"{name}_invalid",
        f"{name} is how long ago, such as 15m (s, m, h, d or w), or ISO 8601, such as 2026-01-31T12:00:00Z.",
    )


@contextmanager
def dynamodb_errors_as_problems(what: str) -> Iterator[None]:
    """What DynamoDB does not answer becomes 503, and what is of an erased tenant 403.

    Args:
        what: is being read, for the log.
    """
    try:
        yield
    except TenantErased:
        raise Problem(403, "tenant_unknown", "The tenant was erased; nothing of it is left.") from None
    except DYNAMODB_ERRORS as error:
        logger.error("reading %s fails: %s", what, safe_error_summary(error))
        raise unavailable("logs_unavailable", "DynamoDB does not answer; ask again.") from None


def json_response(value: msgspec.Struct) -> Response:
    """What was read. Nothing on its way shall keep it."""
    body = msgspec.json.encode(value) + b"\n"
    return Response(body, content_type="application/json", headers={"Cache-Control": "no-store"})
