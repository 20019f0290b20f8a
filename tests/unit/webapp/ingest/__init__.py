"""Tests of webapp/ingest."""
