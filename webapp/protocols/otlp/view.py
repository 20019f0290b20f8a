"""OpenTelemetry: POST /v1/logs, OTLP over HTTP.

https://opentelemetry.io/docs/specs/otlp/#otlphttp

Clients repeat a request that got 429 or 503, but not one that got 500, so an unavailable queue must be a 503. Rejected
records never make the answer an error, not even if all are rejected: the specification has partial success for records
that must not be sent again.
"""

from flask import Blueprint, Response, request
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from webapp.access.auth import authenticate
from webapp.access.protocol_credentials import get_basic_api_key
from webapp.http.body import read_body
from webapp.http.problems import Problem
from webapp.ingest.accept import Receipt, accept_records
from webapp.openapi.operation import documented, response
from webapp.protocols.operations import BASIC, BINARY, JSON, OBJECT, PROTOBUF, describe_errors, describe_ingest
from webapp.protocols.otlp import json_format, protobuf_format

blueprint = Blueprint("otlp", __name__)

_DECODERS = {PROTOBUF: protobuf_format.decode, JSON: json_format.decode}
_CODES = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    413: Code.OUT_OF_RANGE,
    415: Code.INVALID_ARGUMENT,
    429: Code.RESOURCE_EXHAUSTED,
    503: Code.UNAVAILABLE,
}


@blueprint.post("/v1/logs")
@documented(
    describe_ingest(
        "OpenTelemetry",
        "Send log records (OTLP/HTTP)",
        {JSON: OBJECT, PROTOBUF: BINARY},
        {200: response("An ExportLogsServiceResponse; partialSuccess counts rejected records.", OBJECT, JSON, PROTOBUF)}
        | describe_errors(OBJECT, JSON, PROTOBUF),
        BASIC,
    )
)
def export() -> Response:
    """Accept the log records of an ExportLogsServiceRequest.

    Returns:
        200, with the number of rejected records if there are any.
    Raises:
        Problem: 400, 401, 403, 413, 415, 429 or 503, as a google.rpc.Status.
    """
    caller = authenticate("ingest", get_basic_api_key())
    decode = _DECODERS.get(request.mimetype)
    if decode is None:
        raise Problem(415, "content_type_unsupported", f"Unsupported Content-Type; send {PROTOBUF} or {JSON}.")
    body = _read_body()
    records = decode(body) if body else []
    receipt = accept_records(records, caller, len(body)) if records else Receipt([], [])
    if not receipt.accepted and any(rejection.code.startswith("tenant_id") for rejection in receipt.rejections):
        # The exporter is misconfigured, and nobody would notice it in a 200.
        raise Problem(400, receipt.rejections[0].code, receipt.rejections[0].detail)
    return _serialize(_build_response(receipt), 200)


def _read_body() -> bytes:
    """Return the body; empty protobuf is a request without logs."""
    try:
        return read_body()
    except Problem as problem:
        if problem.code == "body_empty" and request.mimetype == PROTOBUF:
            return b""
        raise


def _build_response(receipt: Receipt) -> ExportLogsServiceResponse:
    response = ExportLogsServiceResponse()
    if receipt.rejections:
        first = receipt.rejections[0]
        response.partial_success.rejected_log_records = len(receipt.rejections)
        response.partial_success.error_message = f"{first.code}, first in log record {first.index}: {first.detail}"
    return response


@blueprint.errorhandler(Problem)
def to_status(problem: Problem) -> Response:
    """Answer a problem as a google.rpc.Status, even to what is not OTLP."""
    status = 400 if problem.status == 422 else problem.status
    message = Status(code=_CODES.get(status, Code.UNKNOWN), message=f"{problem.code}: {problem.detail}")
    if status == 400:
        violation = BadRequest.FieldViolation(description=problem.detail)
        message.details.add().Pack(BadRequest(field_violations=[violation]))
    return _serialize(message, status, problem.headers)


def _serialize(message: Message, status: int, headers: dict[str, str] | None = None) -> Response:
    if request.mimetype == PROTOBUF:
        return Response(message.SerializeToString(), status, headers, PROTOBUF)
    return Response(MessageToJson(message, indent=None), status, headers, JSON)
