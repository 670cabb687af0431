"""Surfaces against everything else that makes frames of events: `python -m bench surfaces`."""
