"""Unit tests of models.tables."""
