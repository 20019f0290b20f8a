"""Tests of what every HTTP request has."""
