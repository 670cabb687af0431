"""Training of event-by-event state-space models: tokens with times in, a model file out."""
