"""Tests of the broker in the test's process."""
