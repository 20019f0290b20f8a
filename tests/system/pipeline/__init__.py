"""Tests of the whole pipeline on one shared deployment."""
