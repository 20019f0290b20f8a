"""Tests of the gates of the redaction engine."""
