"""Ways for events to another process beside DDS: one module a way, and the table of them."""
