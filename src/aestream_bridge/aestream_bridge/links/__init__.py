"""Links to other programs and browsers: ZeroMQ, WebSocket. No ROS."""
