"""Sluice on one machine: the embedded AWS engine, and `make run`."""
