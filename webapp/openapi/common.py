"""Parameters, problems and security schemes that operations of several folders share."""

from webapp.openapi.operation import header

API_KEY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, which begins with slk_."},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same API key."},
}
"""Ways to send an API key that every path accepts. A protocol adds its own: API_KEY_SCHEMES | {…}."""
ACCESS_PROBLEMS: dict[int, tuple[str, ...]] = {
    401: ("key_missing", "key_invalid", "key_ambiguous", "key_revoked", "key_expired"),
    403: ("scope_missing", "tenant_mismatch", "tenant_unknown", "tenant_suspended"),
    429: ("rate_limited",),
}
"""Problems that `webapp.access` raises."""
BODY_PROBLEMS = ("body_empty", "body_incomplete", "body_corrupt")
"""Problems with status 400 that `read_body` raises."""
REQUEST_ID = header(
    "X-Request-Id",
    "Returned with the response, and written into the log lines of web and workers. Sluice makes one if it is missing.",
)
