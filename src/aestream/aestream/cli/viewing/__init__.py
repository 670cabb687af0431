"""How `aestream view` draws a recording: styles paint, writers make files."""
