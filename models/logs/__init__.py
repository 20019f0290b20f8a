"""Redacted logs: the record, its writes and its reads."""
