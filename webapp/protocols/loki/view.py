"""Loki: POST /loki/api/v1/push.

https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs

Clients take only 204 for success. They drop a push that got 400, and repeat one that got 429 or 5xx. A push of which a
part is invalid therefore gets 204 as well: the rest of it is queued.
"""

from flask import Blueprint, Response, request

from webapp.access.auth import authenticate
from webapp.access.protocol_credentials import get_basic_api_key
from webapp.http.body import read_body
from webapp.http.problems import Problem
from webapp.ingest.accept import accept_records
from webapp.openapi.operation import documented, header, response
from webapp.protocols.loki.push import decode_json, decode_protobuf, decompress
from webapp.protocols.operations import (
    BASIC,
    BINARY,
    JSON,
    OBJECT,
    PROTOBUF,
    STRING,
    TEXT,
    describe_errors,
    describe_ingest,
    describe_probe,
)

blueprint = Blueprint("loki", __name__)


@blueprint.post("/loki/api/v1/push")
@blueprint.post("/api/prom/push")
@documented(
    describe_ingest(
        "Loki",
        "Push streams",
        {JSON: OBJECT, PROTOBUF: BINARY},
        {204: response("The queue has at least one line."), 422: response("The push has no line.", STRING, TEXT)}
        | describe_errors(STRING, TEXT),
        BASIC,
        parameters=(header("X-Scope-OrgID", "Tenant of the logs."),),
    )
)
def push() -> Response:
    """Accept the lines of a push; X-Scope-OrgID names the tenant.

    Returns:
        204 once SQS has at least one line.
    Raises:
        Problem: 400 if every line is invalid, 401, 403, 413, 422 if there is none, 429 or 503, as plain text.
    """
    caller = authenticate("ingest", get_basic_api_key())
    body = read_body()
    # As in Loki: every type but JSON's is taken for protobuf.
    records = decode_json(body) if request.mimetype == "application/json" else decode_protobuf(decompress(body))
    if not records:
        raise Problem(422, "streams_missing", "error at least one valid stream is required for ingestion")
    receipt = accept_records(records, caller, len(body), request.headers.get("X-Scope-OrgID"))
    if not receipt.accepted:
        first = receipt.rejections[0]
        raise Problem(400, first.code, f"None of {len(records)} lines was accepted; the first: {first.detail}")
    return Response(status=204)


@blueprint.get("/ready")
@documented(describe_probe("Loki", "Check readiness", STRING, TEXT))
def ready() -> Response:
    """Report readiness, which some clients ask for before they push."""
    return Response("ready\n", mimetype="text/plain")


@blueprint.errorhandler(Problem)
def to_plain_text(problem: Problem) -> Response:
    """Answer a problem as plain text, as Loki does."""
    return Response(f"{problem.code}: {problem.detail}\n", problem.status, problem.headers, mimetype="text/plain")
