"""Tests of the failure queue in the test's process."""
