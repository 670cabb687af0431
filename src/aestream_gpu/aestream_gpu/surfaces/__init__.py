"""Surfaces: one file and one table row each."""
