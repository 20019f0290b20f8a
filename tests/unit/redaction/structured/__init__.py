"""Tests of redaction in structured texts."""
