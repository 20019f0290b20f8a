"""Rows about a tenant: its policy, limits, API keys, activity and reads of originals."""
