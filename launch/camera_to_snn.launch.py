"""The pipeline of camera_to_snn.launch.yaml for `ros2 launch`, which ends with status 1 where a process fails."""

from pathlib import Path
from runpy import run_path

from launch import LaunchDescription

pipeline = run_path(str(Path(__file__).with_name("pipeline.py")))["pipeline"]


def generate_launch_description() -> LaunchDescription:
    return pipeline(__file__)
