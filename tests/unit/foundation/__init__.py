"""Tests of `foundation`, a file for each of its modules."""
