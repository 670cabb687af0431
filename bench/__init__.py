"""Benchmarks. Each asserts its result first and runs its baseline in the same process, so that ratios hold anywhere."""
