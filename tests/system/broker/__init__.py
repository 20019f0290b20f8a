"""Tests of the broker with real processes."""
