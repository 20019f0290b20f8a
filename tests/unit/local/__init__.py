"""Tests of the embedded engine and of `make run`."""
