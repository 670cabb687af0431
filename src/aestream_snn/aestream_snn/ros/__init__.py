"""Spiking networks as a ROS 2 node."""
