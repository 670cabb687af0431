"""Neurons with explicit state: one step is a function of current and state."""
