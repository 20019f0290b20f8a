"""Tests of log shippers and logging clients that send to Sluice."""
