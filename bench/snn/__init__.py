"""Spiking networks: the talk's network in several libraries, forward, backward and streaming."""
