"""The accumulator as a ROS 2 node."""
