"""Rows about tenants: limits, policy, API keys, activity, reads of originals."""
