"""POST /ingest: a log in, 202 once SQS has it."""

import logging
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tasks.batch import Batch
from tasks.submit import QueueUnavailable, submit
from topology import MAX_BODY_BYTES, MAX_TEXT_BYTES
from webapp.body import read_body
from webapp.problems import Problem, unavailable
from webapp.records import decode_utf8, parse_json, to_log, to_tenant_id
from webapp.request_ids import current_request_id

logger = logging.getLogger(__name__)
blueprint = Blueprint("ingest", __name__)


@blueprint.post("/ingest")
def ingest() -> tuple[Response, int]:
    """Accept one log, as JSON or as plain text.

    Raises:
        Problem: 400, 413, 415 or 422 when the request is not a log; 503 when SQS did not take it.
    """
    record = _read_record()
    tenant_id = to_tenant_id(record, request.headers.get("x-tenant-id"))
    batch = Batch(tenant_id, current_request_id(), (to_log(record),))
    try:
        submit(batch)
    except QueueUnavailable as error:
        logger.error("request %s: SQS did not take it: %s", batch.request_id, error)
        raise unavailable(
            "queue_unavailable", "The queue does not answer; nothing was accepted. Send it again."
        ) from None
    log_ids = [log.log_id for log in batch.logs]
    return jsonify(accepted=len(log_ids), rejected=0, log_ids=log_ids, request_id=batch.request_id), 202


def _read_record() -> dict[str, Any]:
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "charset_unsupported", "Send the body in UTF-8.")
    match request.mimetype:
        case "application/json":
            return parse_json(read_body(MAX_BODY_BYTES))
        case "text/plain":
            return {"text": decode_utf8(read_body(MAX_TEXT_BYTES))}
    raise Problem(415, "content_type_unsupported", "Send Content-Type application/json or text/plain.")
