"""Filters of `aestream input`: one file and one table row each."""
