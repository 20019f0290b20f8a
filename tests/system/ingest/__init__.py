"""Tests of POST /ingest on the real web process."""
