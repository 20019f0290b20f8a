"""Unit tests of models.logs.write."""
