"""Inserts that never overwrite, at the pace of each tenant."""
