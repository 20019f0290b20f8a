"""POST /ingest: logs in, 202 once SQS has them."""

import msgspec
from flask import Blueprint, Response, request

from webapp.access.auth import authenticate
from webapp.http.body import read_body
from webapp.http.problems import Problem
from webapp.http.request_ids import get_request_id
from webapp.ingest.accept import Receipt, accept_records
from webapp.ingest.decoding import decode
from webapp.ingest.operations import INGEST
from webapp.ingest.results import Accepted, Verdicts, build_verdicts, shorten_verdicts
from webapp.openapi.operation import documented

blueprint = Blueprint("ingest", __name__)


@blueprint.post("/ingest")
@documented(INGEST)
def ingest() -> Response:
    """Accept logs as JSON, NDJSON, MessagePack or plain text.

    Raises:
        Problem: 400, 401, 403, 413, 415, 422 or 429 if nothing of the request is accepted; 503 if SQS did not take all.
    """
    caller = authenticate("ingest")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "charset_unsupported", "Unsupported charset; send the body in UTF-8.")
    body = read_body()
    records = decode(body, request.mimetype, split_lines=request.args.get("split") == "lines")
    receipt = accept_records(records, caller, len(body))
    if not receipt.log_ids:
        raise Problem(422, "records_missing", "The body contains no log; send at least one.")
    if not receipt.accepted:
        raise _all_invalid(receipt)
    answer = Accepted(**msgspec.structs.asdict(_build_verdicts(receipt)), request_id=get_request_id())
    return Response(msgspec.json.encode(answer) + b"\n", 202, content_type="application/json")


def _build_verdicts(receipt: Receipt) -> Verdicts:
    verdicts = build_verdicts(receipt)
    return shorten_verdicts(verdicts) if _prefers_short_answer() else verdicts


def _prefers_short_answer() -> bool:
    """Return whether the client asks for a short answer, or needs one.

    https://www.rfc-editor.org/rfc/rfc7240#section-4.2 has `return=minimal`.

    Fluent Bit's http output needs one: it has a buffer of 4 KiB for an answer. It takes a longer one for a failure, and
    sends the request again without end.
    """
    preferences = {preference.strip().lower() for preference in request.headers.get("Prefer", "").split(",")}
    return "return=minimal" in preferences or request.user_agent.string.startswith("Fluent-Bit")


def _all_invalid(receipt: Receipt) -> Problem:
    codes = {rejection.code for rejection in receipt.rejections}
    first = receipt.rejections[0]
    members = msgspec.to_builtins(_build_verdicts(receipt))
    if len(codes) == 1:
        return Problem(422, first.code, first.detail, members=members)
    detail = "No record is valid; `errors` says what is wrong with each."
    return Problem(422, "records_invalid", detail, members=members)
