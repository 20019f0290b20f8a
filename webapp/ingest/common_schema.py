"""What every path that takes logs looks at, and what it refuses; a protocol's own documentation adds to it."""

from topology import TENANT_ID_PATTERN
from webapp.http.operations import Parameter
from webapp.ingest.accept import MAX_IDEMPOTENCY_KEY_CHARACTERS

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
    503: ("queue_unavailable", "busy", "auth_unavailable", "tenant_unavailable"),
}
"""What `identify`, `read_body` and `take` raise."""
