"""How packets travel: one module a path."""
