"""What the plain design's processes agree on."""

PREFIX = "plain-"
REDACT = "redact"
STORE = "store"
