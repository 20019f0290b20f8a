"""What /openapi.json says of other systems' protocols; their own documentation says the rest."""

from typing import Any

from webapp.http.operations import KEYS, Answer, Operation, Parameter
from webapp.ingest.common_schema import INTAKE_PARAMETERS

JSON = "application/json"
PROTOBUF = "application/x-protobuf"
BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
OBJECT: dict[str, Any] = {"type": "object"}
_OBJECTS = {"type": "array", "items": OBJECT}

_BASIC = {"type": "http", "scheme": "basic", "description": "The key is the password, or the user without one."}
_REFUSED = {
    400: "Nothing of it can be taken.",
    401: "There is no key, or it is not right.",
    403: "The key is not for this, or the tenant is suspended.",
    413: "It is too large.",
    415: "It is written in another way.",
    429: "Over a limit of the tenant's; Retry-After says for how long.",
    503: "SQS does not answer; send it again after Retry-After.",
}


def _refused(statuses: tuple[int, ...], schema: Any, content_type: str, *further: str) -> dict[int, Answer]:
    return {status: Answer(_REFUSED[status], schema, content_type, further=further) for status in statuses}


OTLP = Operation(
    tag="OpenTelemetry",
    summary="Send log records (OTLP/HTTP)",
    parameters=INTAKE_PARAMETERS,
    bodies={JSON: OBJECT, PROTOBUF: BINARY},
    answers={
        200: Answer("An ExportLogsServiceResponse; partialSuccess has those rejected.", OBJECT, further=(PROTOBUF,))
    }
    | _refused((400, 401, 403, 413, 415, 429, 503), OBJECT, JSON, PROTOBUF),
    credentials=KEYS | {"basic": _BASIC},
)
LOKI = Operation(
    tag="Loki",
    summary="Push streams",
    parameters=(Parameter("X-Scope-OrgID", "Whose the logs are."), *INTAKE_PARAMETERS),
    bodies={JSON: OBJECT, PROTOBUF: BINARY},
    answers={
        204: Answer("At least one line is queued."),
        422: Answer("There is no line.", {"type": "string"}, "text/plain"),
    }
    | _refused((400, 401, 403, 413, 415, 429, 503), {"type": "string"}, "text/plain"),
    credentials=KEYS | {"basic": _BASIC},
)
LOKI_READY = Operation(
    tag="Loki", summary="Is it ready?", answers={200: Answer("It is.", {"type": "string"}, "text/plain")}
)
_TEXT_AND_CODE = {"type": "object", "required": ["text", "code"]}
HEC = Operation(
    tag="Splunk",
    summary="Send events (HEC)",
    description="JSON objects one after the other, whatever the Content-Type; on the raw paths a log a line.",
    parameters=INTAKE_PARAMETERS,
    bodies={JSON: OBJECT, "text/plain": {"type": "string"}},
    answers={200: Answer("At least one event is queued.", _TEXT_AND_CODE)}
    | _refused((400, 401, 403, 413, 429, 503), _TEXT_AND_CODE, JSON),
    credentials=KEYS
    | {
        "splunk": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Splunk, and the key."},
        "basic": _BASIC,
    },
)
HEC_HEALTH = Operation(tag="Splunk", summary="Is it healthy?", answers={200: Answer("It is.", _TEXT_AND_CODE)})
ELASTICSEARCH = Operation(
    tag="Elasticsearch",
    summary="Index documents in bulk",
    parameters=INTAKE_PARAMETERS,
    bodies={"application/x-ndjson": _OBJECTS, JSON: _OBJECTS},
    answers={200: Answer("A status for each document.", {"type": "object", "required": ["took", "errors", "items"]})}
    | _refused((400, 401, 403, 413, 415, 429, 503), {"type": "object", "required": ["error", "status"]}, JSON),
    credentials=KEYS
    | {
        "elasticsearch": {
            "type": "apiKey", "in": "header", "name": "Authorization", "description": "ApiKey, and the key."
        },
        "basic": _BASIC,
    },
)  # fmt: skip
ELASTICSEARCH_INFO = Operation(
    tag="Elasticsearch", summary="What clients ask for first", answers={200: Answer("Name and version.", OBJECT)}
)
ELASTICSEARCH_LICENSE = Operation(
    tag="Elasticsearch", summary="Is there a license?", answers={200: Answer("A basic one.", OBJECT)}
)
ELASTICSEARCH_HEALTH = Operation(tag="Elasticsearch", summary="Is it healthy?", answers={200: Answer("It is.", OBJECT)})
_ERRORS = {"type": "object", "required": ["errors"]}
_DATADOG_KEY = {"datadog": {"type": "apiKey", "in": "header", "name": "DD-API-KEY", "description": "The key."}}
DATADOG = Operation(
    tag="Datadog",
    summary="Send logs",
    parameters=INTAKE_PARAMETERS,
    bodies={JSON: {"anyOf": [OBJECT, _OBJECTS]}, "text/plain": {"type": "string"}},
    answers={202: Answer("At least one log is queued.", OBJECT)}
    | _refused((400, 401, 403, 413, 429, 503), _ERRORS, JSON),
    credentials=KEYS | _DATADOG_KEY,
)
DATADOG_VALIDATE = Operation(
    tag="Datadog",
    summary="Is the key right?",
    answers={200: Answer("It is.", OBJECT)} | _refused((401, 403, 503), _ERRORS, JSON),
    credentials=KEYS | _DATADOG_KEY,
)
AXIOM = Operation(
    tag="Axiom",
    summary="Ingest events",
    parameters=(
        Parameter("timestamp-field", "Where an event has its time, if not in _time.", place="query"),
        *INTAKE_PARAMETERS,
    ),
    bodies={JSON: _OBJECTS, "application/x-ndjson": _OBJECTS},
    answers={
        200: Answer("At least one event is queued.", {"type": "object", "required": ["ingested", "failed", "failures"]})
    }
    | _refused((400, 401, 403, 413, 415, 429, 503), {"type": "object", "required": ["code", "message"]}, JSON),
    credentials=KEYS,
)
