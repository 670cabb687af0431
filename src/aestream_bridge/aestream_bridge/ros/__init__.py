"""The bridges as ROS 2 nodes."""
