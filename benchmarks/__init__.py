"""Benchmarks, run from the repository: see suite.py."""
