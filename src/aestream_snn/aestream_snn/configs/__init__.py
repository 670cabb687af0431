"""Configuration groups of hydra: data, model, task, system, logging."""
