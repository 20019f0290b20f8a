"""Unit tests of models.tenants."""
