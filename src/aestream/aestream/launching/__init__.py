"""Run ROS 2's YAML launch files where the `launch` package is not installed."""
