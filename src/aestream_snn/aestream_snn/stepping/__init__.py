"""Models that are fed frame by frame and keep their state: several ways to run the same step."""
