"""Tests of the transport in the test's process."""
