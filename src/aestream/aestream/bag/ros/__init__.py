"""Bags as ROS 2 nodes."""
