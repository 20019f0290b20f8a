"""Tests of one tenant's policy, keys and erasure on real processes."""
