"""POST /api/v2/logs: Datadog's. https://docs.datadoghq.com/api/latest/logs/#send-logs"""

from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Blueprint, Response, jsonify, request

from webapp.access.auth import identify
from webapp.http.body import read_body
from webapp.http.operations import documented
from webapp.http.problems import Problem
from webapp.ingest.accept import take
from webapp.ingest.event_times import to_event_time
from webapp.ingest.limits import check_count, check_objects
from webapp.ingest.validation import Entry
from webapp.openapi import protocols
from webapp.protocols.entries import NOT_JSON, from_document, from_object, lines_of, rejected

blueprint = Blueprint("datadog", __name__)

_OF_REQUEST = ("ddsource", "ddtags", "hostname", "service")
_TIME_FIELDS = ("timestamp", "date")


@blueprint.post("/api/v2/logs")
@blueprint.post("/v1/input")
@documented(protocols.DATADOG)
def send() -> tuple[Response, int]:
    """Accept logs: an array of objects, or an object; or lines of plain text. 202 once at least one is queued.

    Raises:
        Problem: 400, 401, 403, 413, 415, 429 or 503, as Datadog's errors.
    """
    caller = identify("ingest", _key())
    body = read_body()
    of_request = {name: request.args[name] for name in _OF_REQUEST if name in request.args}
    decode = _from_text if request.mimetype == "text/plain" else _from_json
    entries = decode(body, of_request)
    if entries:
        receipt = take(entries, caller, len(body))
        if not receipt.accepted:
            first = receipt.rejections[0]
            raise Problem(400, first.code, f"None of {len(entries)} logs was accepted; the first: {first.detail}")
    return jsonify({}), 202


@blueprint.get("/api/v1/validate")
@documented(protocols.DATADOG_VALIDATE)
def validate() -> Response:
    """Whether a key is right; what some clients ask before they send.

    Raises:
        Problem: 401, 403 or 503, as Datadog's errors.
    """
    identify("ingest", _key())
    return jsonify(valid=True)


def _key() -> str | None:
    return request.headers.get("DD-API-KEY") or request.args.get("dd-api-key") or request.args.get("api_key")


def _from_json(body: bytes, of_request: dict[str, Any]) -> list[Entry]:
    """An entry for each log. The agent sends {} to see whether it gets through: that is no log."""
    check_objects(body)
    text = body.strip()
    if text in (b"{}", b"[]", b"[{}]"):
        return []
    try:
        logs = msgspec.json.decode(text, type=list[msgspec.Raw]) if text[:1] == b"[" else [msgspec.Raw(text)]
        check_count(len(logs))
        make = partial(_entry_of, of_request=of_request)
        entries = [from_object(bytes(log), make) for log in logs]
    except (ValueError, RecursionError):
        entries = [rejected(NOT_JSON)]
    if all(entry.problem == NOT_JSON for entry in entries):
        raise Problem(400, "json_invalid", "The body is not a JSON array of logs.")
    return entries


def _entry_of(log: dict[str, Any], written: str, of_request: dict[str, Any]) -> Entry:
    times = (to_event_time(log[name]) for name in _TIME_FIELDS if name in log)
    event_time = next((time for time in times if time), None)
    if of_request.keys() - log.keys():
        return from_document({**of_request, **log}, event_time, set(_TIME_FIELDS))
    return from_document(log, event_time, set(_TIME_FIELDS), written=written)


def _from_text(body: bytes, of_request: dict[str, Any]) -> list[Entry]:
    return [from_document({"message": line, **of_request}, None, frozenset()) for line in lines_of(body)]


@blueprint.errorhandler(Problem)
def to_errors(problem: Problem) -> tuple[Response, int, dict[str, str]]:
    """A problem in the shape of Datadog's errors. It tells a missing key, 401, from a wrong one, 403."""
    status = 400 if problem.status in (415, 422) else problem.status
    if status == 401 and problem.code != "key_missing":
        status = 403
    error = {
        "status": str(status),
        "title": HTTPStatus(status).phrase,
        "detail": f"{problem.code}: {problem.detail}",
    }
    return jsonify(errors=[error]), status, problem.headers
