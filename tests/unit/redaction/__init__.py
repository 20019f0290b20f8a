"""Tests of the redaction engine."""
