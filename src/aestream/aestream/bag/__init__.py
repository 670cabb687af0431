"""Bags of ROS 2: recorded, played, described and recovered. Only `ros/` knows ROS."""
