"""Unit tests of models.crypto."""
