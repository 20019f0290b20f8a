"""GET /logs and GET /logs/{log_id}: a tenant's stored logs, for keys with the scope read."""

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
"""What a page takes while it is made: its texts are 1 MiB, and more than once in memory."""


class LogIdConverter(BaseConverter):
    """A log id in a path, whatever is in it."""

    regex = ".+"
    part_isolating = False


def init_app(app: Flask) -> None:
    """Register the paths."""
    app.url_map.converters["log_id"] = LogIdConverter
    app.register_blueprint(blueprint)


@blueprint.get("/logs")
@documented(LIST)
def list_logs() -> Response:
    """A page of the tenant's logs."""
    with admit_reader("since", "until", "entity", "limit", "order", "cursor", "original") as (tenant_id, caller):
        original = _original_wanted(caller)
        limit, newest_first = _limit(), _newest_first()
        memory_budget.reserve_bytes(PAGE_MEMORY_BYTES)
        with dynamodb_errors_as_problems("logs"):
            page = _page(tenant_id, limit, newest_first)
        logs = _shown(tenant_id, caller, page.records, original)
    return json_response(LogPage(logs, page.cursor, get_request_id()))


@blueprint.get("/logs/<log_id:log_id>")
@documented(SHOW)
def show_log(log_id: str) -> Response:
    """One of the tenant's logs."""
    with admit_reader("original") as (tenant_id, caller):
        original = _original_wanted(caller)
        record = _record(tenant_id, log_id)
        (log,) = _shown(tenant_id, caller, [record], original)
    return json_response(log)


def _page(tenant_id: str, limit: int, newest_first: bool) -> Page[LogRecord]:
    try:
        return LogRecord.for_tenant(
            tenant_id,
            since=parse_time_parameter("since"),
            until=parse_time_parameter("until"),
            newest_first=newest_first,
            contains_entity=_entity(),
            limit=limit,
            cursor=request.args.get("cursor"),
        )
    except CursorRefused:
        raise Problem(
            400,
            "cursor_invalid",
            "This is no cursor of this query; send that of the page before unchanged, with the same since, until, "
            "entity and order, or none for the first page.",
        ) from None
    except ValueError:
        raise Problem(400, "range_invalid", "since must be before until.") from None


def _record(tenant_id: str, log_id: str) -> LogRecord:
    """One log. That it is another tenant's, that it is nobody's and that it can't be look the same."""
    if len(log_id) <= MAX_LOG_ID_CHARACTERS and log_id.isprintable():
        with dynamodb_errors_as_problems("a log"), suppress(LogRecord.DoesNotExist):
            return LogRecord.of(tenant_id, log_id)
    raise Problem(404, "log_unknown", "The tenant has no such log; it may not be stored yet, or has expired.")


def _shown(tenant_id: str, caller: Caller, records: Sequence[LogRecord], original: bool) -> list[ShownLog]:
    """The logs as they are given out."""
    if not original:
        metrics.count_read(tenant_id, len(records), 0)
        return [ShownLog.from_record(record) for record in records]
    _record_access(tenant_id, caller, [record.log_id for record in records if record.original != DROPPED])
    try:
        logs = [ShownLog.with_original(record) for record in records]
    except KeysUnavailable as error:
        logger.error("request %s: originals can't be read: %s", get_request_id(), error)
        raise unavailable("keys_unavailable", "The keys of the originals can't be had now; ask again.") from None
    metrics.count_read(tenant_id, len(records), sum(log.original == "given" for log in logs))
    return logs


def _record_access(tenant_id: str, caller: Caller, log_ids: Sequence[str]) -> None:
    """Store who is about to be given these originals."""
    assert caller.key_id is not None, "nobody has the scope read:original without a key"
    try:
        AccessRecord.add(tenant_id, caller.key_id, get_request_id(), log_ids)
    except DYNAMODB_ERRORS as error:
        logger.error(
            "request %s: a reading of originals is not stored: %s", get_request_id(), safe_error_summary(error)
        )
        raise unavailable(
            "access_unrecorded", "That originals are read can't be recorded now, so none is given; ask again."
        ) from None


def _original_wanted(caller: Caller) -> bool:
    match request.args.get("original"):
        case None | "false":
            return False
        case "true":
            require_scope(caller, "read:original")
            return True
    raise Problem(400, "original_invalid", "original is true or false.")


def _entity() -> str | None:
    entity = request.args.get("entity")
    if entity is not None and not re.fullmatch(ENTITY_PATTERN, entity):
        raise Problem(400, "entity_invalid", "entity is a name such as EMAIL: 2 to 32 of A-Z 0-9 _, a letter first.")
    return entity


def _limit() -> int:
    limit = request.args.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch("[0-9]{1,9}", limit) or not 1 <= int(limit) <= MAX_LIMIT:
        raise Problem(400, "limit_invalid", f"limit is a whole number from 1 to {MAX_LIMIT}.")
    return int(limit)


def _newest_first() -> bool:
    order = request.args.get("order", "desc")
    if order not in ("asc", "desc"):
        raise Problem(400, "order_invalid", "order is desc, for newest first, or asc.")
    return order == "desc"
