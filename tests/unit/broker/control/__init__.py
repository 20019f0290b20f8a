"""Tests of remote control in the test's process."""
