"""OpenAPI description of POST /ingest.

Its parameters and problems hold for all paths that take logs."""

from settings import settings
from topology import MAX_DEPTH, MAX_LOG_ID_CHARACTERS, MAX_TEXT_BYTES, TENANT_ID_PATTERN
from webapp.ingest.accept import MAX_IDEMPOTENCY_KEY_CHARACTERS
from webapp.ingest.results import Accepted, Verdicts
from webapp.ingest.validation import ID_FIELDS, TEXT_FIELDS, TIME_FIELDS
from webapp.openapi.common import ACCESS_PROBLEMS, API_KEY_SCHEMES, BODY_PROBLEMS, REQUEST_ID
from webapp.openapi.operation import Named, Operation, header, query, response

CONTENT_ENCODING = header(
    "Content-Encoding", "Compression of the body.", enum=["identity", "gzip", "x-gzip", "deflate", "zstd"]
)
INGEST_PARAMETERS = (
    header(
        "x-tenant-id",
        "Tenant of the logs. It must agree with the API key and the records.",
        pattern=f"^{TENANT_ID_PATTERN}$",
    ),
    header(
        "Idempotency-Key",
        "Makes repeating the request harmless: log ids depend on tenant, Idempotency-Key and the record's index alone.",
        minLength=1,
        maxLength=MAX_IDEMPOTENCY_KEY_CHARACTERS,
    ),
    CONTENT_ENCODING,
    REQUEST_ID,
    header("traceparent", "W3C trace context, written into the log lines of web and workers."),
)
"""Parameters that `read_body` and `accept_records` read on every path that takes logs."""
INGEST_PROBLEMS: dict[int, tuple[str, ...]] = {
    **ACCESS_PROBLEMS,
    400: (*BODY_PROBLEMS, "idempotency_key_invalid"),
    413: ("body_too_large", "too_many_records"),
    415: ("content_encoding_unsupported",),
    503: ("queue_unavailable", "busy", "auth_unavailable", "tenant_unavailable"),
}
"""Problems that `authenticate`, `read_body` and `accept_records` raise."""
RECORD_CODES = (
    *("not_an_object", "json_invalid", "text_missing", "text_empty", "text_too_long", "text_invalid", "too_deep"),
    *("not_json", "log_id_invalid", "log_id_not_a_string", "tenant_id_missing", "tenant_id_invalid"),
    *("tenant_id_mismatch", "tenant_id_not_a_string"),
    *(f"{field}_not_a_string" for field in TEXT_FIELDS),
)
"""Codes of a single record's problems."""

_TEXT = {
    "type": ["string", "object", "array"],
    "minLength": 1,
    "description": f"The log, at most {MAX_TEXT_BYTES} bytes of UTF-8.",
}
_TENANT_ID = {"type": "string", "pattern": f"^{TENANT_ID_PATTERN}$", "description": "Tenant of the log."}
_LOG_ID = {
    "type": ["string", "integer"],
    "minLength": 1,
    "maxLength": MAX_LOG_ID_CHARACTERS,
    "description": "Id of the log, in printable characters. A log without one gets a UUIDv7.",
}
_TIME = {
    "type": ["string", "number"],
    "description": "Time of the event: ISO 8601, or an epoch in s, ms, us or ns. Stored as event_time.",
}
_FIELDS = dict.fromkeys(TEXT_FIELDS, _TEXT) | dict.fromkeys(ID_FIELDS, _LOG_ID) | dict.fromkeys(TIME_FIELDS, _TIME)
_RECORD = Named(
    "Record",
    {
        "description": f"The log is the first of {', '.join(TEXT_FIELDS)} that the record has. A record with further "
        "fields is stored whole: its text is its JSON, redacted value by value.",
        "type": "object",
        "properties": {**_FIELDS, "tenant_id": _TENANT_ID},
        "anyOf": [{"required": [field]} for field in TEXT_FIELDS],
    },
)
_ITEMS = {"anyOf": [_RECORD, {"type": "string", "minLength": 1}]}
_RECORDS = Named("Records", {"type": "array", "minItems": 1, "maxItems": settings.max_records, "items": _ITEMS})
_ENVELOPE = Named(
    "Envelope",
    {"type": "object", "required": ["logs"], "properties": {"logs": _RECORDS, "tenant_id": _TENANT_ID}},
)
_EXAMPLE = {"tenant_id": "tenant-1", "log_id": "uuid-1234", "text": "User 555-0199 logged in"}
_BODY = {"anyOf": [_RECORD, _RECORDS, _ENVELOPE], "examples": [_EXAMPLE, [_EXAMPLE], {"logs": [_EXAMPLE]}]}

INGEST = Operation(
    tag="Logs",
    summary="Send logs",
    description=f"""\
The response is sent once the queue has the logs; from then on none is lost. If at least one record is valid, the status
is 202 and `errors` has the invalid ones. If none is valid, the status is 422.

A request may have {settings.max_body_bytes} bytes ({settings.max_decoded_bytes} decompressed), {settings.max_records}
records, and {MAX_DEPTH} nested objects in a record.

Other names of these content types work as well, such as `application/jsonl`. A body without a content type, or with
that of a form, is read as JSON if it looks like it. NDJSON sent as JSON is read as NDJSON.

Codes in `errors`: {", ".join(f"`{code}`" for code in RECORD_CODES)}.""",
    parameters=(
        *INGEST_PARAMETERS,
        header("Prefer", "return=minimal: no log_ids, and one error of each code. Fluent Bit always gets this."),
        query("split", "lines: each line of text/plain is a log. Without it the body is one log.", enum=["lines"]),
    ),
    bodies={
        "application/json": _BODY,
        # https://spec.openapis.org/oas/v3.2.0#sequential-media-types: the schema is that of an array of the lines.
        "application/x-ndjson": {"allOf": [_RECORDS], "description": "One record per line.", "examples": [[_EXAMPLE]]},
        "application/msgpack": _BODY | {"description": "As in JSON, or a stream of records."},
        "text/plain": {"type": "string", "minLength": 1, "description": "The log itself.", "examples": ["Raw log"]},
    },
    responses={202: response("The queue has at least one record.", Accepted)},
    problems=INGEST_PROBLEMS
    | {
        400: (*INGEST_PROBLEMS[400], "json_invalid", "msgpack_invalid", "utf8_invalid"),
        413: (*INGEST_PROBLEMS[413], "too_many_objects"),
        415: (*INGEST_PROBLEMS[415], "content_type_unsupported", "charset_unsupported"),
        422: ("records_missing", "records_invalid", *RECORD_CODES),
    },
    problem_members={422: {"anyOf": [{"properties": {"code": {"const": "records_missing"}}}, Verdicts]}},
    security_schemes=API_KEY_SCHEMES,
)
