"""Tests of the documentation page and of Flower in a browser."""
