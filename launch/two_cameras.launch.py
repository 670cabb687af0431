"""The pipeline of two_cameras.launch.yaml for `ros2 launch`."""

from launch import LaunchDescription

from aestream.launching.ros2 import pipeline


def generate_launch_description() -> LaunchDescription:
    return pipeline(__file__)
