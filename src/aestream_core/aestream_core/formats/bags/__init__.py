"""Bags: recordings of ROS topics, read and written without ROS.

`storage` says what a bag is; `sqlite`, `mcap` and `rosbag1` read one kind each; `message` finds its events;
`reader` joins them; `writer` and its storages write rosbag2.
"""
