"""The part of the watcher that knows ROS."""
