"""Redactors to compare, each as its users call it. A module is a rival: `load()` gives what redacts a line.

All but `sluice` run in .venv-bench (requirements-bench.txt), so nothing here imports our other packages on the way.
"""
