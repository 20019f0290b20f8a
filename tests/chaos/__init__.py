"""Chaos test: Sluice under load while everything around it fails.

`make chaos` runs it, and accounts for every log and every poison message.
"""
