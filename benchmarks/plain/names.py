"""Names of the plain design's queues."""

PREFIX = "plain-"
REDACT = "redact"
STORE = "store"
