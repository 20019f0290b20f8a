"""Tests of webapp/protocols."""
