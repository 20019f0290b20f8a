"""Unit tests of the web app."""
