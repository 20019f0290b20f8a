"""Axiom: POST /v1/datasets/<name>/ingest.

https://axiom.co/docs/restapi/endpoints/ingestIntoDataset

Axiom's clients repeat a request that got 429 or 503 with Retry-After, three times, and drop the rest. Axiom's events
have no id; Sluice takes the field `log_id` for one.
"""

from functools import partial
from typing import Any

import msgspec
from flask import Blueprint, Response, jsonify, request

from settings import settings
from webapp.access.auth import authenticate
from webapp.http.body import read_body
from webapp.http.problems import Problem
from webapp.ingest.accept import accept_records
from webapp.ingest.event_times import to_event_time
from webapp.ingest.limits import check_json_objects, check_record_count
from webapp.ingest.validation import IncomingRecord
from webapp.openapi.operation import documented, query, response
from webapp.protocols.operations import JSON, NDJSON, OBJECTS, describe_errors, describe_ingest
from webapp.protocols.records import parse_json_record, record_from_document

blueprint = Blueprint("axiom", __name__)

_TIME_FIELD = "_time"
_INGESTED = {"type": "object", "required": ["ingested", "failed", "failures"]}


@blueprint.post("/v1/datasets/<dataset>/ingest")
@blueprint.post("/v1/ingest/<dataset>")
@documented(
    describe_ingest(
        "Axiom",
        "Ingest events",
        {JSON: OBJECTS, NDJSON: OBJECTS},
        {200: response("The queue has at least one event.", _INGESTED)}
        | describe_errors({"type": "object", "required": ["code", "message"]}),
        {},
        parameters=(query("timestamp-field", "Field of the event's time; _time by default."),),
    )
)
def ingest(dataset: str) -> Response:
    """Accept events: JSON objects in an array, or one a line.

    Args:
        dataset: the name that the client gives; Sluice ignores it.
    Returns:
        200 with the number of accepted events, once SQS has at least one.
    Raises:
        Problem: 400, 401, 403, 413, 415, 429 or 503, as Axiom's errors.
    """
    caller = authenticate("ingest")
    body = read_body()
    records = decode(body, request.args.get("timestamp-field") or _TIME_FIELD)
    receipt = accept_records(records, caller, len(body))
    if records and not receipt.accepted:
        first = receipt.rejections[0]
        raise Problem(400, first.code, f"None of {len(records)} events was accepted; the first: {first.detail}")
    failures = [
        {
            "timestamp": records[rejection.index].event_time or "1970-01-01T00:00:00Z",
            "error": f"{rejection.code}: {rejection.detail}",
        }
        for rejection in receipt.rejections
    ]
    return jsonify(
        ingested=receipt.accepted,
        failed=len(failures),
        failures=failures,
        processedBytes=len(body),
        blocksCreated=0,
        walLength=0,
    )


def decode(body: bytes, time_field: str) -> list[IncomingRecord]:
    """Decode the events of an array, or one of each line.

    Args:
        body: an array if it begins with a bracket, else lines, whatever its Content-Type.
        time_field: name of the field with the event's time.
    Raises:
        Problem: 400 if no event can be read; 413 if there are too many.
    """
    check_json_objects(body)
    if body.count(b"\n") > 2 * settings.max_records:
        check_record_count(body.count(b"\n"))
    stripped = body.strip()
    try:
        is_array = stripped[:1] == b"["
        events = msgspec.json.decode(stripped, type=list[msgspec.Raw]) if is_array else stripped.split(b"\n")
    except (ValueError, RecursionError):
        events = [stripped]
    check_record_count(len(events))
    build = partial(_build_record, time_field=time_field)
    records = [parse_json_record(bytes(event), build) for event in events if bytes(event).strip()]
    if records and all(record.is_invalid_json for record in records):
        raise Problem(400, "json_invalid", "The body is neither a JSON array of objects nor a JSON object a line.")
    return records


def _build_record(event: dict[str, Any], raw_json: str, time_field: str) -> IncomingRecord:
    event_time = to_event_time(event[time_field]) if time_field in event else ""
    return record_from_document(event, event_time or None, {time_field}, event.get("log_id"), raw_json)


@blueprint.errorhandler(Problem)
def to_error(problem: Problem) -> tuple[Response, int, dict[str, str]]:
    """Answer a problem in the shape of Axiom's errors."""
    status = 400 if problem.status == 422 else problem.status
    return jsonify(code=status, message=f"{problem.code}: {problem.detail}"), status, problem.headers
