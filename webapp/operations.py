"""What an endpoint takes and answers, said beside the function that does it; /openapi.json is made of it."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from topology import TENANT_ID_PATTERN
from webapp.intake import MAX_IDEMPOTENCY_KEY_CHARACTERS

_View = TypeVar("_View", bound=Callable[..., Any])
Schema = Any
"""A JSON Schema as a dict, a type of which msgspec makes one, or `Named`; also one inside of another."""


class Named(msgspec.Struct, frozen=True):
    """A JSON Schema that is written once, and referred to."""

    name: str
    schema: dict[str, Any]


class Parameter(msgspec.Struct, frozen=True):
    """A header, or something in the query or path."""

    name: str
    description: str
    schema: dict[str, Any] = msgspec.field(default_factory=lambda: {"type": "string"})
    place: str = "header"


class Answer(msgspec.Struct, frozen=True):
    """What comes back under one status.

    Attributes:
        schema: of its body; None when it has none.
        headers: name to what it says; X-Request-Id is on every answer.
    """

    description: str
    schema: Schema = None
    content_type: str = "application/json"
    headers: dict[str, str] = {}


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """What a view function does.

    Attributes:
        tag: under which it stands.
        bodies: by content type.
        answers: by status; those that are no problem documents.
        problems: by status the codes of its problem documents; 500 goes without saying.
        members: by status what such a document may have besides.
        credentials: ways to say who asks, by name, as OpenAPI has them; none when anyone may.
    """

    tag: str
    summary: str
    answers: dict[int, Answer]
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    bodies: dict[str, Schema] = {}
    problems: dict[int, tuple[str, ...]] = {}
    members: dict[int, Schema] = {}
    credentials: dict[str, dict[str, str]] = {}


_OPERATIONS: dict[Callable[..., Any], Operation] = {}


def documented(operation: Operation) -> Callable[[_View], _View]:
    """Decorate a view function, below its routes: path and methods are the app's."""

    def register(view: _View) -> _View:
        _OPERATIONS[view] = operation
        return view

    return register


def operation_of(view: Callable[..., Any]) -> Operation | None:
    """What was said about a view function, if anything."""
    return _OPERATIONS.get(view)


KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key that begins with slk_."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key."},
}
"""What `identify` takes on every path; a protocol adds its own: KEYS | {"splunk": {…}}."""

CONTENT_ENCODING = Parameter(
    "Content-Encoding",
    "How the body is compressed, if it is.",
    {"type": "string", "enum": ["identity", "gzip", "x-gzip", "deflate", "zstd"]},
)
TENANT = Parameter(
    "x-tenant-id",
    "Whose the logs are, unless the key or the records say so; they must agree.",
    {"type": "string", "pattern": f"^{TENANT_ID_PATTERN}$"},
)
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "With it, the id of a log depends on tenant, key and place alone: the request can be sent again.",
    {"type": "string", "minLength": 1, "maxLength": MAX_IDEMPOTENCY_KEY_CHARACTERS},
)
REQUEST_ID = Parameter(
    "X-Request-Id", "Comes back with the answer, and is in the log lines of web and workers; one is made without it."
)
TRACEPARENT = Parameter("traceparent", "W3C trace context; it is in the log lines of web and workers.")

INTAKE_PARAMETERS = (TENANT, IDEMPOTENCY_KEY, CONTENT_ENCODING, REQUEST_ID, TRACEPARENT)
"""What `read_body` and `take` look at on every path that takes logs."""

INTAKE_PROBLEMS: dict[int, tuple[str, ...]] = {
    400: ("body_empty", "body_incomplete", "body_corrupt", "idempotency_key_invalid"),
    401: ("key_missing", "key_invalid", "key_ambiguous", "key_revoked", "key_expired"),
    403: ("scope_missing", "tenant_mismatch", "tenant_unknown", "tenant_suspended"),
    413: ("body_too_large", "too_many_records"),
    415: ("content_encoding_unsupported",),
    429: ("rate_limited",),
    503: ("queue_unavailable", "auth_unavailable", "tenant_unavailable"),
}
"""What `identify`, `read_body` and `take` raise."""
