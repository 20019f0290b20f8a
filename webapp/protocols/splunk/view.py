"""Splunk: POST /services/collector, the HTTP Event Collector (HEC).

https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector lists its codes. Some clients
repeat a request that got 400 for ever, others drop it. Valid events are therefore queued and answered with 200 even if
the request has invalid ones as well.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from webapp.access.auth import authenticate
from webapp.access.protocol_credentials import get_basic_api_key, get_scheme_api_key
from webapp.http.body import read_body
from webapp.http.problems import Problem
from webapp.ingest.accept import accept_records
from webapp.ingest.validation import IncomingRecord
from webapp.openapi.operation import documented, response
from webapp.protocols.operations import (
    BASIC,
    JSON,
    OBJECT,
    STRING,
    TEXT,
    api_key_header,
    describe_errors,
    describe_ingest,
    describe_probe,
)
from webapp.protocols.splunk.events import METADATA, decode_events, decode_lines

blueprint = Blueprint("splunk", __name__)

_SCHEMES = ("splunk", "bearer", "basic")
_TEXTS = {
    1: "Token disabled",
    2: "Token is required",
    3: "Invalid authorization",
    4: "Invalid token",
    5: "No data",
    6: "Invalid data format",
    8: "Internal server error",
    9: "Server is busy",
    12: "Event field is required",
    13: "Event field cannot be blank",
    27: "Request entity too large",
}
_BY_PROBLEM = {"tenant_suspended": 1, "body_empty": 5, "event_missing": 12, "event_blank": 13, "text_empty": 13}
_BY_STATUS = {403: 4, 413: 27, 429: 9, 503: 9}

_TEXT_AND_CODE = {"type": "object", "required": ["text", "code"]}
_COLLECT = describe_ingest(
    "Splunk",
    "Send events (HEC)",
    {JSON: OBJECT, TEXT: STRING},
    {200: response("The queue has at least one event.", _TEXT_AND_CODE)}
    | describe_errors(_TEXT_AND_CODE, statuses=(400, 401, 403, 413, 429, 503)),
    api_key_header("splunk", "Authorization", "Splunk, then the API key.") | BASIC,
    description="Concatenated JSON objects, whatever the Content-Type. On the raw paths each line is a log.",
)


class _NoValidEvent(Problem):
    """No event is valid; `index` is that of the first rejected one."""

    def __init__(self, code: str, detail: str, index: int) -> None:
        super().__init__(400, code, detail)
        self.index = index


@blueprint.post("/services/collector")
@blueprint.post("/services/collector/1.0")
@blueprint.post("/services/collector/event")
@blueprint.post("/services/collector/event/1.0")
@documented(_COLLECT)
def collect_events() -> Response:
    """Accept events: concatenated JSON objects, whatever the Content-Type.

    Raises:
        Problem: 400, 401, 403, 413, 415, 429 or 503, as HEC's text and code.
    """
    return _collect(decode_events)


@blueprint.post("/services/collector/raw")
@blueprint.post("/services/collector/raw/1.0")
@documented(_COLLECT)
def collect_lines() -> Response:
    """Accept a log a line.

    The query may have host, source, sourcetype, index and time.

    Raises:
        Problem: as for events.
    """
    metadata = {name: request.args[name] for name in METADATA if name in request.args}
    return _collect(lambda body: decode_lines(body, metadata, request.args.get("time")))


@blueprint.get("/services/collector/health")
@blueprint.get("/services/collector/health/1.0")
@documented(describe_probe("Splunk", "Check the health of HEC", _TEXT_AND_CODE))
def health() -> Response:
    """Report the health, which clients ask for before they send."""
    return jsonify(text="HEC is healthy", code=17)


def _collect(decode: Callable[[bytes], list[IncomingRecord]]) -> Response:
    caller = authenticate("ingest", get_scheme_api_key("Splunk"), get_basic_api_key())
    body = read_body()
    receipt = accept_records(decode(body), caller, len(body))
    if not receipt.accepted:
        first = receipt.rejections[0]
        raise _NoValidEvent(first.code, first.detail, first.index)
    return jsonify(text="Success", code=0)


@blueprint.errorhandler(Problem)
def to_hec(problem: Problem) -> tuple[Response, int, dict[str, str]]:
    """Answer a problem with HEC's text and code, and our `detail`."""
    status = 400 if problem.status in (415, 422) else problem.status
    if status == 401:
        code = _get_authentication_code(problem)
    else:
        code = _BY_PROBLEM.get(problem.code) or _BY_STATUS.get(status) or 6
    if code == 4:
        status = 403
    answer: dict[str, Any] = {"text": _TEXTS[code], "code": code, "detail": problem.detail}
    if isinstance(problem, _NoValidEvent):
        answer["invalid-event-number"] = problem.index
    return jsonify(answer), status, problem.headers


def _get_authentication_code(problem: Problem) -> int:
    if problem.code != "key_missing":
        return 4
    return 2 if request.headers.get("Authorization", "").partition(" ")[0].lower() in ("", *_SCHEMES) else 3
