"""Tests of messages that end in the failure queue."""
