"""POST /loki/api/v1/push: Grafana Loki's. https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs

Clients take 204 for success and nothing else. They drop what was answered with 400 and send 429 and 5xx again, so a
push of which a part is wrong is a 204: the rest of it is queued.
"""

from flask import Blueprint, Response, request

from webapp.access.auth import identify
from webapp.access.protocol_credentials import key_of_basic
from webapp.http.body import read_body
from webapp.http.operations import documented
from webapp.http.problems import Problem
from webapp.ingest.accept import take
from webapp.openapi import protocols
from webapp.protocols.loki.push import decode_json, decode_protobuf, decompress

blueprint = Blueprint("loki", __name__)


@blueprint.post("/loki/api/v1/push")
@blueprint.post("/api/prom/push")
@documented(protocols.LOKI)
def push() -> Response:
    """Accept the lines of a push; X-Scope-OrgID names the tenant. 204 once at least one line is queued.

    Raises:
        Problem: 400 when every line is wrong, 401, 403, 413, 422 when there is none, 429 or 503, as plain text.
    """
    caller = identify("ingest", key_of_basic())
    body = read_body()
    # As Loki does: whatever is not called JSON is protobuf.
    entries = decode_json(body) if request.mimetype == "application/json" else decode_protobuf(decompress(body))
    if not entries:
        raise Problem(422, "streams_missing", "error at least one valid stream is required for ingestion")
    receipt = take(entries, caller, len(body), request.headers.get("X-Scope-OrgID"))
    if not receipt.accepted:
        first = receipt.rejections[0]
        raise Problem(400, first.code, f"None of {len(entries)} lines was accepted; the first: {first.detail}")
    return Response(status=204)


@blueprint.get("/ready")
@documented(protocols.LOKI_READY)
def ready() -> Response:
    """What some clients ask for before they push."""
    return Response("ready\n", mimetype="text/plain")


@blueprint.errorhandler(Problem)
def to_plain_text(problem: Problem) -> Response:
    """A problem as Loki says it."""
    return Response(f"{problem.code}: {problem.detail}\n", problem.status, problem.headers, mimetype="text/plain")
