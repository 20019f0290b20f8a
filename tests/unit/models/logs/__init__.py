"""Unit tests of models.logs."""
