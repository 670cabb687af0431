"""Evaluation: what a trained model is worth, and what it withstands."""
