"""Links to other programs: packets of records over ZeroMQ, pipes and shared memory, pictures in a browser. No ROS."""
