"""The launched graph from last event in to prediction out."""
