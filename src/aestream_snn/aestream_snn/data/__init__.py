"""Data sets: recordings with labels, how they become frames, and how they are changed for training."""
