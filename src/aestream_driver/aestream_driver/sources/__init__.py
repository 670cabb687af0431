"""Sources of events: one file and one table row each."""
