"""What runs a network: the software twin, or a chip through samna. One protocol, one row each."""
