"""Benchmarks: ratios within one run, never a timed assertion in the test suite."""
