"""What every node of the suite shares. The only package besides the nodes' own `ros/` folders that knows ROS."""
