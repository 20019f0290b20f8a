"""Unit tests of originals."""
