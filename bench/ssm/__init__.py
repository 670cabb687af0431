"""Event-by-event state-space models: the scan, and online inference."""
