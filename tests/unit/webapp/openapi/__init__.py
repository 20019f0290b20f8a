"""Tests of webapp/openapi."""
