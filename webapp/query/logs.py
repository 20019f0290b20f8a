"""GET /logs and GET /logs/{log_id}: a tenant's stored logs.

They need an API key with the scope read.
"""

import logging
import re
from collections.abc import Sequence
from contextlib import suppress

from flask import Blueprint, Flask, Response, request
from werkzeug.routing import BaseConverter

from models import DROPPED, ENTITY_PATTERN, MAX_LIMIT, AccessRecord, CursorRefused, LogRecord, Page
from models.tables.connection import DYNAMODB_ERRORS
from observability import safe_error_summary
from originals import KeysUnavailable
from topology import MAX_LOG_ID_CHARACTERS
from webapp.access.auth import Caller, require_scope
from webapp.http import memory_budget, metrics
from webapp.http.problems import Problem, unavailable
from webapp.http.request_ids import get_request_id
from webapp.openapi.operation import documented
from webapp.query.logs_operations import DEFAULT_LIMIT, LIST, SHOW, LogPage, ShownLog
from webapp.query.request import admit_reader, dynamodb_errors_as_problems, json_response, parse_time_parameter

logger = logging.getLogger(__name__)
blueprint = Blueprint("logs", __name__)

PAGE_MEMORY_BYTES = 4 << 20
"""Memory of a page while it is built: its texts are 1 MiB, and several times in memory."""


class LogIdConverter(BaseConverter):
    """A log id in a path, of any characters, slashes included."""

    regex = ".+"
    part_isolating = False


def init_app(app: Flask) -> None:
    """Register the paths."""
    app.url_map.converters["log_id"] = LogIdConverter
    app.register_blueprint(blueprint)


@blueprint.get("/logs")
@documented(LIST)
def list_logs() -> Response:
    """Return a page of the tenant's logs."""
    with admit_reader("since", "until", "entity", "limit", "order", "cursor", "original") as (tenant_id, caller):
        original = _wants_original(caller)
        limit, newest_first = _parse_limit(), _parse_order()
        memory_budget.reserve_bytes(PAGE_MEMORY_BYTES)
        with dynamodb_errors_as_problems("logs"):
            page = _read_page(tenant_id, limit, newest_first)
        logs = _show(tenant_id, caller, page.records, original)
    return json_response(LogPage(logs, page.cursor, get_request_id()))


@blueprint.get("/logs/<log_id:log_id>")
@documented(SHOW)
def show_log(log_id: str) -> Response:
    """Return one of the tenant's logs."""
    with admit_reader("original") as (tenant_id, caller):
        original = _wants_original(caller)
        record = _get_record(tenant_id, log_id)
        (log,) = _show(tenant_id, caller, [record], original)
    return json_response(log)


def _read_page(tenant_id: str, limit: int, newest_first: bool) -> Page[LogRecord]:
    try:
        return LogRecord.for_tenant(
            tenant_id,
            since=parse_time_parameter("since"),
            until=parse_time_parameter("until"),
            newest_first=newest_first,
            contains_entity=_parse_entity(),
            limit=limit,
            cursor=request.args.get("cursor"),
        )
    except CursorRefused:
        raise Problem(
            400,
            "cursor_invalid",
            "The cursor does not belong to this query. Send the cursor of the previous page unchanged, with the same "
            "since, until, entity and order, or no cursor for the first page.",
        ) from None
    except ValueError:
        raise Problem(400, "range_invalid", "since must be before until.") from None


def _get_record(tenant_id: str, log_id: str) -> LogRecord:
    """Return one log of the tenant.

    Another tenant's log, an unknown id and an impossible id give the same 404.
    """
    if len(log_id) <= MAX_LOG_ID_CHARACTERS and log_id.isprintable():
        with dynamodb_errors_as_problems("a log"), suppress(LogRecord.DoesNotExist):
            return LogRecord.of(tenant_id, log_id)
    raise Problem(404, "log_unknown", "The tenant has no such log; it may not be stored yet, or it has expired.")


def _show(tenant_id: str, caller: Caller, records: Sequence[LogRecord], original: bool) -> list[ShownLog]:
    """Return the logs as a reader sees them.

    If that includes originals, the access is recorded first.
    """
    if not original:
        metrics.count_read(tenant_id, len(records), 0)
        return [ShownLog.from_record(record) for record in records]
    _record_access(tenant_id, caller, [record.log_id for record in records if record.original != DROPPED])
    try:
        logs = [ShownLog.with_original(record) for record in records]
    except KeysUnavailable as error:
        logger.error("request %s: can't read originals: %s", get_request_id(), error)
        raise unavailable("keys_unavailable", "The keys of the originals are not available now; try again.") from None
    metrics.count_read(tenant_id, len(records), sum(log.original == "given" for log in logs))
    return logs


def _record_access(tenant_id: str, caller: Caller, log_ids: Sequence[str]) -> None:
    """Store who is about to read these originals."""
    assert caller.key_id is not None, "nobody has the scope read:original without a key"
    try:
        AccessRecord.add(tenant_id, caller.key_id, get_request_id(), log_ids)
    except DYNAMODB_ERRORS as error:
        logger.error("request %s: can't record an access to originals: %s", get_request_id(), safe_error_summary(error))
        raise unavailable(
            "access_unrecorded", "Access to originals can't be recorded now, so none is shown; send the request again."
        ) from None


def _wants_original(caller: Caller) -> bool:
    match request.args.get("original"):
        case None | "false":
            return False
        case "true":
            require_scope(caller, "read:original")
            return True
    raise Problem(400, "original_invalid", "original must be true or false.")


def _parse_entity() -> str | None:
    entity = request.args.get("entity")
    if entity is not None and not re.fullmatch(ENTITY_PATTERN, entity):
        raise Problem(400, "entity_invalid", "entity must be a name such as EMAIL: 2 to 32 of A-Z 0-9 _, letter first.")
    return entity


def _parse_limit() -> int:
    limit = request.args.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch("[0-9]{1,9}", limit) or not 1 <= int(limit) <= MAX_LIMIT:
        raise Problem(400, "limit_invalid", f"limit must be a whole number from 1 to {MAX_LIMIT}.")
    return int(limit)


def _parse_order() -> bool:
    order = request.args.get("order", "desc")
    if order not in ("asc", "desc"):
        raise Problem(400, "order_invalid", "order must be desc, for newest first, or asc.")
    return order == "desc"
