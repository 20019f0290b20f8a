"""POST /ingest: logs in, 202 once SQS has them."""

import msgspec
from flask import Blueprint, Response, request

from webapp.access.auth import identify
from webapp.http.body import read_body
from webapp.http.operations import documented
from webapp.http.problems import Problem
from webapp.http.request_ids import current_request_id
from webapp.ingest.accept import Receipt, take
from webapp.ingest.decoding import decode
from webapp.ingest.schema import OPERATION, Accepted, Verdicts, brief, verdicts_of

blueprint = Blueprint("ingest", __name__)


@blueprint.post("/ingest")
@documented(OPERATION)
def ingest() -> Response:
    """Accept logs, as JSON, NDJSON, MessagePack or plain text.

    Raises:
        Problem: 400, 401, 403, 413, 415, 422 or 429 when nothing of the request can be taken; 503 when SQS did not.
    """
    caller = identify("ingest")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "charset_unsupported", "Send the body in UTF-8.")
    body = read_body()
    entries = decode(body, request.mimetype, split_lines=request.args.get("split") == "lines")
    receipt = take(entries, caller, len(body))
    if not receipt.log_ids:
        raise Problem(422, "records_missing", "There is no log in the body; send one at least.")
    if not receipt.accepted:
        raise _all_invalid(receipt)
    answer = Accepted(**msgspec.structs.asdict(_verdicts(receipt)), request_id=current_request_id())
    return Response(msgspec.json.encode(answer) + b"\n", 202, content_type="application/json")


def _verdicts(receipt: Receipt) -> Verdicts:
    verdicts = verdicts_of(receipt)
    return brief(verdicts) if _prefers_brief() else verdicts


def _prefers_brief() -> bool:
    """Whether the client asks for it (RFC 7240), or has to have it without asking.

    Fluent Bit's http output has 4 KiB for an answer. Of a longer one it says that the request failed, and sends it
    again without end.
    """
    preferences = {preference.strip().lower() for preference in request.headers.get("Prefer", "").split(",")}
    return "return=minimal" in preferences or request.user_agent.string.startswith("Fluent-Bit")


def _all_invalid(receipt: Receipt) -> Problem:
    codes = {rejection.code for rejection in receipt.rejections}
    first = receipt.rejections[0]
    members = msgspec.to_builtins(_verdicts(receipt))
    if len(codes) == 1:
        return Problem(422, first.code, first.detail, members=members)
    detail = "None of the records can be taken; errors says what is wrong with each."
    return Problem(422, "records_invalid", detail, members=members)
