"""Sources of events and the node that publishes them. Only `aestream_driver.ros` knows ROS."""
