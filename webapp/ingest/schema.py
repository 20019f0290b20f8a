"""What POST /ingest takes and answers."""

from typing import Annotated

import msgspec

from settings import settings
from topology import MAX_DEPTH, MAX_LOG_ID_CHARACTERS, MAX_TEXT_BYTES, TENANT_ID_PATTERN
from webapp.http.operations import KEYS, Answer, Named, Operation, Parameter
from webapp.ingest.accept import Receipt, Rejection
from webapp.ingest.common_schema import INTAKE_PARAMETERS, INTAKE_PROBLEMS
from webapp.ingest.validation import ID_FIELDS, TEXT_FIELDS, TIME_FIELDS

RECORD_CODES = (
    "not_an_object",
    "json_invalid",
    "text_missing",
    "text_empty",
    "text_too_long",
    "text_invalid",
    "too_deep",
    "not_json",
    "log_id_invalid",
    "log_id_not_a_string",
    "tenant_id_missing",
    "tenant_id_invalid",
    "tenant_id_mismatch",
    "tenant_id_not_a_string",
    *(f"{field}_not_a_string" for field in TEXT_FIELDS),
)
"""What can be wrong with one record."""
MAX_BRIEF_ERRORS = 5


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the records: the `log_ids` of those that are queued, `errors` with the others."""

    accepted: Annotated[int, msgspec.Meta(ge=0)]
    rejected: Annotated[int, msgspec.Meta(ge=0)]
    log_ids: list[str]
    errors: list[Rejection]


class Accepted(Verdicts, frozen=True, kw_only=True):
    """One record at least is queued."""

    request_id: str


def build_verdicts(receipt: Receipt) -> Verdicts:
    """The verdicts as a client reads them."""
    return Verdicts(
        accepted=receipt.accepted,
        rejected=len(receipt.rejections),
        log_ids=[log_id for log_id in receipt.log_ids if log_id is not None],
        errors=receipt.rejections,
    )


def shorten_verdicts(verdicts: Verdicts) -> Verdicts:
    """As few bytes as say what a person has to know: no ids, and one error for each code.

    A client may have no more than 4 KiB for an answer with its headers, and take a longer one for a failure.
    """
    first = {error.code: error for error in reversed(verdicts.errors)}
    errors = sorted(first.values(), key=lambda error: error.index)[:MAX_BRIEF_ERRORS]
    return Verdicts(
        accepted=verdicts.accepted,
        rejected=verdicts.rejected,
        log_ids=[],
        errors=[msgspec.structs.replace(error, log_id=None) for error in errors],
    )


_TENANT_ID = {"type": "string", "pattern": f"^{TENANT_ID_PATTERN}$", "description": "Whose the log is."}
_LOG_ID = {
    "type": ["string", "integer"],
    "minLength": 1,
    "maxLength": MAX_LOG_ID_CHARACTERS,
    "description": "Printable characters; without one the log gets a UUIDv7.",
}
_TEXT = {
    "type": ["string", "object", "array"],
    "minLength": 1,
    "description": f"The log, {MAX_TEXT_BYTES} bytes of UTF-8 at most.",
}
_TIME = {
    "type": ["string", "number"],
    "description": "When it happened: ISO 8601, or an epoch in s, ms, us or ns. Kept as event_time.",
}
_RECORD = Named(
    "Record",
    {
        "description": f"The log is in the first of {', '.join(TEXT_FIELDS)} that is there. A record with further "
        "fields is kept whole: its text is its JSON, redacted value by value.",
        "type": "object",
        "properties": {
            **dict.fromkeys(TEXT_FIELDS, _TEXT),
            "tenant_id": _TENANT_ID,
            **dict.fromkeys(ID_FIELDS, _LOG_ID),
            **dict.fromkeys(TIME_FIELDS, _TIME),
        },
        "anyOf": [{"required": [field]} for field in TEXT_FIELDS],
    },
)
_RECORDS = Named(
    "Records",
    {
        "type": "array",
        "minItems": 1,
        "maxItems": settings.max_records,
        "items": {"anyOf": [_RECORD, {"type": "string", "minLength": 1}]},
    },
)
_ENVELOPE = Named(
    "Envelope",
    {"type": "object", "required": ["logs"], "properties": {"logs": _RECORDS, "tenant_id": _TENANT_ID}},
)
_EXAMPLE = {"tenant_id": "tenant-1", "log_id": "uuid-1234", "text": "User 555-0199 logged in"}
_BODY = {"anyOf": [_RECORD, _RECORDS, _ENVELOPE], "examples": [_EXAMPLE, [_EXAMPLE], {"logs": [_EXAMPLE]}]}

OPERATION = Operation(
    tag="Logs",
    summary="Send logs",
    description=f"""\
Answers once the queue has the logs; from then on none is lost. Wrong records are told apart from right ones: 202 when
one at least is queued, with what is wrong with the others in `errors`; 422 when none is.

A request may have {settings.max_body_bytes} bytes, {settings.max_decoded_bytes} decompressed, {settings.max_records}
records, and a record {MAX_DEPTH} objects inside one another.

Other names of the content types are taken too, such as `application/jsonl`. A body without a type, or with that of a
form, is read as JSON if it looks like it. NDJSON under JSON's name is read as NDJSON.

Codes in `errors`: {", ".join(f"`{code}`" for code in RECORD_CODES)}.""",
    parameters=(
        *INTAKE_PARAMETERS,
        Parameter(
            "Prefer",
            "return=minimal: no log_ids, and of the errors the first of each code. Fluent Bit is answered so anyway.",
        ),
        Parameter(
            "split",
            "With text/plain: each line is a log. The whole body is one without.",
            {"type": "string", "enum": ["lines"]},
            "query",
        ),
    ),
    bodies={
        "application/json": _BODY,
        # https://spec.openapis.org/oas/v3.2.0#sequential-media-types: the schema is that of an array of the lines.
        "application/x-ndjson": {"allOf": [_RECORDS], "description": "A record a line.", "examples": [[_EXAMPLE]]},
        "application/msgpack": _BODY | {"description": "As in JSON, or a stream of records."},
        "text/plain": {"type": "string", "minLength": 1, "description": "The log itself.", "examples": ["Raw log"]},
    },
    answers={202: Answer("The queue has one record at least.", Accepted)},
    problems=INTAKE_PROBLEMS
    | {
        400: (*INTAKE_PROBLEMS[400], "json_invalid", "msgpack_invalid", "utf8_invalid"),
        413: (*INTAKE_PROBLEMS[413], "too_many_objects"),
        415: (*INTAKE_PROBLEMS[415], "content_type_unsupported", "charset_unsupported"),
        422: ("records_missing", "records_invalid", *RECORD_CODES),
    },
    members={
        422: {"anyOf": [{"properties": {"code": {"const": "records_missing"}}}, Verdicts]},
    },
    credentials=KEYS,
)
