"""Tests that run `make run` itself."""
