"""Models: what maps frames of events to scores, step by step or as a whole sequence."""
