"""Monitoring: what a network does while it trains or runs, and how its weights lie on the grid of a chip."""
