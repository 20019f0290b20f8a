"""Unit tests of models.logs.read."""
