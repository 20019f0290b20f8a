"""Tests that take AWS services and Sluice processes down."""
