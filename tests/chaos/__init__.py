"""Sluice under load while everything around it fails: `make chaos`. Accounts for every log afterwards."""
