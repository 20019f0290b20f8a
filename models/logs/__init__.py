"""Redacted logs: the record, how it is written and how it is read."""
