"""A component container for Python nodes: `ros2 component` and launch files load nodes into one process."""
