"""Tests of the programs that use Sluice from outside."""
