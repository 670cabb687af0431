"""Recordings of what a driver delivers, beside the stream."""
