"""The driver as a ROS 2 node."""
