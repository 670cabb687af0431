"""The pipeline of camera_to_gpu.launch.yaml for `ros2 launch`."""

from launch import LaunchDescription

from aestream.launching.ros2 import pipeline


def generate_launch_description() -> LaunchDescription:
    return pipeline(__file__)
