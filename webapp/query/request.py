"""Shared by every endpoint that reads: reader, query parameters, errors of DynamoDB."""

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from flask import Response, request

from foundation.timestamps import parse_age
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
"""Requests that read at once.

If DynamoDB hangs, each of them hangs for up to 20 s and holds a thread and the memory of a page. Requests that send
logs need both.
"""
_reader_slots = threading.BoundedSemaphore(MAX_READERS)

_TENANT_ID = re.compile(TENANT_ID_PATTERN)
# The plus sign of an offset, which a query that was not escaped turns into a blank.
_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")

TIME: dict[str, Any] = {"examples": ["15m", "2026-01-31T12:00:00Z"]}
"""Schema of `since` and `until`."""
TENANT = header(
    "x-tenant-id",
    "Tenant of the logs. It must agree with the API key; without one it is enough on the embedded engine only.",
    pattern=f"^{TENANT_ID_PATTERN}$",
)
READING_PARAMETERS = (TENANT, REQUEST_ID)
"""Parameters of every path that reads."""
READING_PROBLEMS: dict[int, tuple[str, ...]] = {
    400: ("tenant_id_missing", "tenant_id_invalid", "parameter_unknown", "parameter_repeated"),
    401: ACCESS_PROBLEMS[401],
    403: ACCESS_PROBLEMS[403],
    429: ACCESS_PROBLEMS[429],
    503: ("logs_unavailable", "auth_unavailable", "tenant_unavailable", "busy"),
}
"""Problems that `admit_reader` and `dynamodb_errors_as_problems` raise."""


@contextmanager
def admit_reader(*parameters: str) -> Iterator[tuple[str, Caller]]:
    """Yield tenant and caller of a request that may read.

    Args:
        parameters: that the query may have. Others are rejected: a filter with a wrong name would match everything.
    Raises:
        Problem: 400 for another parameter or no tenant; 401, 403, 429 and 503 as `authenticate` and `charge_read`; 503
            while MAX_READERS others read.
    """
    reader = _identify_reader(parameters)
    if not _reader_slots.acquire(blocking=False):
        raise unavailable("busy", "Too many requests read at this moment; send the request again.")
    try:
        yield reader
    finally:
        _reader_slots.release()


def _identify_reader(parameters: Sequence[str]) -> tuple[str, Caller]:
    caller = authenticate("read")
    tenant_id = resolve_tenant(caller, request.headers.get("x-tenant-id"))
    if tenant_id is None:
        raise Problem(400, "tenant_id_missing", "Name the tenant in the header x-tenant-id, or send an API key.")
    if not _TENANT_ID.fullmatch(tenant_id):
        raise Problem(400, "tenant_id_invalid", "A tenant id has 1 to 64 characters of A-Z a-z 0-9 . _ - only.")
    rate_limits.charge_read(tenant_id)
    if request.args.keys() - set(parameters):
        supported = ", ".join(parameters)
        raise Problem(400, "parameter_unknown", f"Unknown query parameter; this path supports: {supported}.")
    if any(len(values) > 1 for _, values in request.args.lists()):
        raise Problem(400, "parameter_repeated", "A query parameter is repeated; send each one once.")
    return tenant_id, caller


def parse_time_parameter(name: str) -> datetime | timedelta | None:
    """Return a query parameter as a point in time or an age.

    Returns:
        None if the query does not have it.
    Raises:
        Problem: 400 if it is neither.
    """
    text = request.args.get(name)
    if text is None:
        return None
    age = parse_age(text)
    if age is not None:
        return age
    for candidate in (text, _LOST_PLUS.sub("+", text)):
        try:
            moment = datetime.fromisoformat(candidate)
        except ValueError:
            continue
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    raise Problem(
        400,
        f"{name}_invalid",
        f"{name} must be a time ago, such as 15m (s, m, h, d or w), or ISO 8601, such as 2026-01-31T12:00:00Z.",
    )


@contextmanager
def dynamodb_errors_as_problems(what: str) -> Iterator[None]:
    """Turn errors of DynamoDB into a 503, erased tenants into a 403.

    Args:
        what: name of what is read, for the log.
    """
    try:
        yield
    except TenantErased:
        raise Problem(403, "tenant_unknown", "The tenant was erased; none of its data is left.") from None
    except DYNAMODB_ERRORS as error:
        logger.error("reading %s fails: %s", what, safe_error_summary(error))
        raise unavailable("logs_unavailable", "DynamoDB does not answer; send the request again.") from None


def json_response(value: msgspec.Struct) -> Response:
    """Build a response that no cache on its way may keep."""
    body = msgspec.json.encode(value) + b"\n"
    return Response(body, content_type="application/json", headers={"Cache-Control": "no-store"})
