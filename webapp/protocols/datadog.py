"""Datadog: POST /api/v2/logs.

https://docs.datadoghq.com/api/latest/logs/#send-logs
"""

from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Blueprint, Response, jsonify, request

from webapp.access.auth import authenticate
from webapp.http.body import read_body
from webapp.http.problems import Problem
from webapp.ingest.accept import accept_records
from webapp.ingest.event_times import to_event_time
from webapp.ingest.limits import check_json_objects, check_record_count
from webapp.ingest.validation import IncomingRecord
from webapp.openapi.common import API_KEY_SCHEMES
from webapp.openapi.operation import Operation, documented, response
from webapp.protocols.operations import (
    JSON,
    OBJECT,
    OBJECTS,
    STRING,
    TEXT,
    api_key_header,
    describe_errors,
    describe_ingest,
)
from webapp.protocols.records import parse_json_record, record_from_document, reject_json, split_lines

blueprint = Blueprint("datadog", __name__)

_QUERY_FIELDS = ("ddsource", "ddtags", "hostname", "service")
_TIME_FIELDS = ("timestamp", "date")
_ERRORS = {"type": "object", "required": ["errors"]}
_API_KEY_HEADER = api_key_header("datadog", "DD-API-KEY", "The API key.")


@blueprint.post("/api/v2/logs")
@blueprint.post("/v1/input")
@documented(
    describe_ingest(
        "Datadog",
        "Send logs",
        {JSON: {"anyOf": [OBJECT, OBJECTS]}, TEXT: STRING},
        {202: response("The queue has at least one log.", OBJECT)}
        | describe_errors(_ERRORS, statuses=(400, 401, 403, 413, 429, 503)),
        _API_KEY_HEADER,
    )
)
def send() -> tuple[Response, int]:
    """Accept an object, an array of objects, or lines of text.

    Returns:
        202 once SQS has at least one.
    Raises:
        Problem: 400, 401, 403, 413, 415, 429 or 503, as Datadog's errors.
    """
    caller = authenticate("ingest", _get_api_key())
    body = read_body()
    query_fields = {name: request.args[name] for name in _QUERY_FIELDS if name in request.args}
    decode = _from_text if request.mimetype == "text/plain" else _from_json
    records = decode(body, query_fields)
    if records:
        receipt = accept_records(records, caller, len(body))
        if not receipt.accepted:
            first = receipt.rejections[0]
            raise Problem(400, first.code, f"None of {len(records)} logs was accepted; the first: {first.detail}")
    return jsonify({}), 202


@blueprint.get("/api/v1/validate")
@documented(
    Operation(
        tag="Datadog",
        summary="Check an API key",
        responses={200: response("The API key is valid.", OBJECT)} | describe_errors(_ERRORS, statuses=(401, 403, 503)),
        security_schemes=API_KEY_SCHEMES | _API_KEY_HEADER,
    )
)
def validate() -> Response:
    """Check an API key, as some clients do before they send.

    Raises:
        Problem: 401, 403 or 503, as Datadog's errors.
    """
    authenticate("ingest", _get_api_key())
    return jsonify(valid=True)


def _get_api_key() -> str | None:
    return request.headers.get("DD-API-KEY") or request.args.get("dd-api-key") or request.args.get("api_key")


def _from_json(body: bytes, query_fields: dict[str, Any]) -> list[IncomingRecord]:
    """Decode each log; {}, the agent's connection test, is not one."""
    check_json_objects(body)
    stripped = body.strip()
    if stripped in (b"{}", b"[]", b"[{}]"):
        return []
    try:
        is_array = stripped[:1] == b"["
        logs = msgspec.json.decode(stripped, type=list[msgspec.Raw]) if is_array else [msgspec.Raw(stripped)]
        check_record_count(len(logs))
        build = partial(_build_record, query_fields=query_fields)
        records = [parse_json_record(bytes(log), build) for log in logs]
    except (ValueError, RecursionError) as error:
        records = [reject_json(error)]
    if all(record.is_invalid_json for record in records):
        first = f" {records[0].problem.detail}" if records and records[0].problem else ""
        raise Problem(400, "json_invalid", f"The body is not a JSON array of logs.{first}")
    return records


def _build_record(log: dict[str, Any], raw_json: str, query_fields: dict[str, Any]) -> IncomingRecord:
    times = (to_event_time(log[name]) for name in _TIME_FIELDS if name in log)
    event_time = next((time for time in times if time), None)
    if query_fields.keys() - log.keys():
        return record_from_document({**query_fields, **log}, event_time, set(_TIME_FIELDS))
    return record_from_document(log, event_time, set(_TIME_FIELDS), raw_json=raw_json)


def _from_text(body: bytes, query_fields: dict[str, Any]) -> list[IncomingRecord]:
    return [record_from_document({"message": line, **query_fields}, None, frozenset()) for line in split_lines(body)]


@blueprint.errorhandler(Problem)
def to_errors(problem: Problem) -> tuple[Response, int, dict[str, str]]:
    """Answer a problem in the shape of Datadog's errors.

    Datadog answers 401 to a missing key and 403 to a wrong one.
    """
    status = 400 if problem.status in (415, 422) else problem.status
    if status == 401 and problem.code != "key_missing":
        status = 403
    error = {
        "status": str(status),
        "title": HTTPStatus(status).phrase,
        "detail": f"{problem.code}: {problem.detail}",
    }
    return jsonify(errors=[error]), status, problem.headers
