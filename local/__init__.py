"""Sluice on one machine: the embedded AWS engine, and the runner behind `make run`."""
