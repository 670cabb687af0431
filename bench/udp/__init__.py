"""Events over UDP on one machine: how fast without loss, beside AEStream 0.6 and faery."""
