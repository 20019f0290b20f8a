"""POST /v1/datasets/<name>/ingest: Axiom's. https://axiom.co/docs/restapi/endpoints/ingestIntoDataset

Its clients send again what was answered with 429 or 503 and Retry-After, three times, and drop the rest. Events have no
id in Axiom; here `log_id` is one.
"""

from functools import partial
from typing import Any

import msgspec
from flask import Blueprint, Response, jsonify, request

from settings import settings
from webapp.access.auth import identify
from webapp.http.body import read_body
from webapp.http.operations import documented
from webapp.http.problems import Problem
from webapp.ingest.accept import take
from webapp.ingest.event_times import to_event_time
from webapp.ingest.limits import check_count, check_objects
from webapp.ingest.validation import Entry
from webapp.openapi import protocols
from webapp.protocols.entries import NOT_JSON, from_document, from_object

blueprint = Blueprint("axiom", __name__)

_TIME_FIELD = "_time"


@blueprint.post("/v1/datasets/<dataset>/ingest")
@blueprint.post("/v1/ingest/<dataset>")
@documented(protocols.AXIOM)
def ingest(dataset: str) -> Response:
    """Accept events: JSON objects in an array, or a line each. 200 with how many were taken, once one is queued.

    Args:
        dataset: the one that the client names; Sluice has no use for it.
    Raises:
        Problem: 400, 401, 403, 413, 415, 429 or 503, as Axiom's errors.
    """
    caller = identify("ingest")
    body = read_body()
    entries = decode(body, request.args.get("timestamp-field") or _TIME_FIELD)
    receipt = take(entries, caller, len(body))
    if entries and not receipt.accepted:
        first = receipt.rejections[0]
        raise Problem(400, first.code, f"None of {len(entries)} events was accepted; the first: {first.detail}")
    failures = [
        {"timestamp": entries[its.index].event_time or "1970-01-01T00:00:00Z", "error": f"{its.code}: {its.detail}"}
        for its in receipt.rejections
    ]
    return jsonify(
        ingested=receipt.accepted,
        failed=len(failures),
        failures=failures,
        processedBytes=len(body),
        blocksCreated=0,
        walLength=0,
    )


def decode(body: bytes, time_field: str) -> list[Entry]:
    """An entry for each event of an array, or of each line that is not blank.

    Args:
        body: either of them, whatever its Content-Type; what begins with a bracket is an array.
        time_field: where an event has its time.
    Raises:
        Problem: 400 when no event can be read; 413 when there are too many.
    """
    check_objects(body)
    if body.count(b"\n") > 2 * settings.max_records:
        check_count(body.count(b"\n"))
    text = body.strip()
    try:
        events = msgspec.json.decode(text, type=list[msgspec.Raw]) if text[:1] == b"[" else text.split(b"\n")
    except (ValueError, RecursionError):
        events = [text]
    check_count(len(events))
    make = partial(_entry_of, time_field=time_field)
    entries = [from_object(bytes(event), make) for event in events if bytes(event).strip()]
    if entries and all(entry.problem == NOT_JSON for entry in entries):
        raise Problem(400, "json_invalid", "The body is neither an array of JSON objects nor one a line.")
    return entries


def _entry_of(event: dict[str, Any], written: str, time_field: str) -> Entry:
    event_time = to_event_time(event[time_field]) if time_field in event else ""
    return from_document(event, event_time or None, {time_field}, event.get("log_id"), written)


@blueprint.errorhandler(Problem)
def to_error(problem: Problem) -> tuple[Response, int, dict[str, str]]:
    """A problem in the shape of Axiom's errors."""
    status = 400 if problem.status == 422 else problem.status
    return jsonify(code=status, message=f"{problem.code}: {problem.detail}"), status, problem.headers
