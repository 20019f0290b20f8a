"""Unit tests of the tasks."""
