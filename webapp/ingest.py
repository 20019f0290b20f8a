"""POST /ingest: logs in, 202 once SQS has them."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from webapp.auth import identify
from webapp.body import read_body
from webapp.decoding import decode
from webapp.intake import Receipt, take
from webapp.problems import Problem
from webapp.request_ids import current_request_id

blueprint = Blueprint("ingest", __name__)


@blueprint.post("/ingest")
def ingest() -> tuple[Response, int]:
    """Accept logs, as JSON, NDJSON, MessagePack or plain text.

    Raises:
        Problem: 400, 401, 403, 413, 415, 422 or 429 when nothing of the request can be taken; 503 when SQS did not.
    """
    caller = identify("ingest")
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "charset_unsupported", "Send the body in UTF-8.")
    body = read_body()
    entries = decode(body, request.mimetype, split_lines=request.args.get("split") == "lines")
    if not entries:
        raise Problem(422, "records_missing", "There is no log in the body; send one at least.")
    receipt = take(entries, caller, len(body))
    if not receipt.accepted:
        raise _all_invalid(receipt)
    return jsonify(_members(receipt) | {"request_id": current_request_id()}), 202


def _members(receipt: Receipt) -> dict[str, Any]:
    return {
        "accepted": receipt.accepted,
        "rejected": len(receipt.rejections),
        "log_ids": [log_id for log_id in receipt.log_ids if log_id is not None],
        "errors": [
            {"index": rejection.index, "log_id": rejection.log_id, "code": rejection.code, "detail": rejection.detail}
            for rejection in receipt.rejections
        ],
    }


def _all_invalid(receipt: Receipt) -> Problem:
    codes = {rejection.code for rejection in receipt.rejections}
    first = receipt.rejections[0]
    if len(codes) == 1:
        return Problem(422, first.code, first.detail, members=_members(receipt))
    detail = "None of the records can be taken; errors says what is wrong with each."
    return Problem(422, "records_invalid", detail, members=_members(receipt))
