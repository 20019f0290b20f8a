"""OpenAPI descriptions of other systems' protocols.

They are short, because these have documentation of their own.
"""

from typing import Any

from webapp.ingest.operations import INGEST_PARAMETERS
from webapp.openapi.common import API_KEY_SCHEMES
from webapp.openapi.operation import Operation, Schema, response

JSON = "application/json"
NDJSON = "application/x-ndjson"
PROTOBUF = "application/x-protobuf"
TEXT = "text/plain"
BINARY = {"type": "string", "format": "binary"}
STRING = {"type": "string"}
OBJECT: dict[str, Any] = {"type": "object"}
OBJECTS = {"type": "array", "items": OBJECT}

BASIC = {
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "The API key as the password, or as the user with an empty password.",
    }
}
_REFUSED = {
    400: "Nothing of the request is valid.",
    401: "The API key is missing or wrong.",
    403: "The API key has not the scope ingest, or the tenant is suspended.",
    413: "The request is too large.",
    415: "Unsupported Content-Type or Content-Encoding.",
    429: "A limit of the tenant is exceeded; wait for Retry-After seconds.",
    503: "SQS does not answer; send the request again after Retry-After seconds.",
}


def api_key_header(scheme: str, header: str, description: str) -> dict[str, dict[str, str]]:
    """Describe a header in which a protocol's clients send an API key."""
    return {scheme: {"type": "apiKey", "in": "header", "name": header, "description": description}}


def describe_errors(schema: Schema, *content_types: str, statuses: tuple[int, ...] = tuple(_REFUSED)) -> dict[int, Any]:
    """Describe a protocol's error responses."""
    return {status: response(_REFUSED[status], schema, *content_types) for status in statuses}


def describe_ingest(
    tag: str,
    summary: str,
    bodies: dict[str, Schema],
    responses: dict[int, Any],
    security_schemes: dict[str, dict[str, str]],
    *,
    description: str = "",
    parameters: tuple[dict[str, Any], ...] = (),
) -> Operation:
    """Describe a protocol's path that takes logs.

    `security_schemes` are added to Sluice's own.
    """
    return Operation(
        tag=tag,
        summary=summary,
        description=description,
        parameters=(*parameters, *INGEST_PARAMETERS),
        bodies=bodies,
        responses=responses,
        security_schemes=API_KEY_SCHEMES | security_schemes,
    )


def describe_probe(tag: str, summary: str, schema: Schema, *content_types: str) -> Operation:
    """Describe a path that a protocol's clients ask before they send."""
    return Operation(
        tag=tag, summary=summary, responses={200: response("The answer is fixed.", schema, *content_types)}
    )
