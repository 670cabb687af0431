"""The launch files of the suite, run by ROS 2's own launch: under `colcon test`, or `launch_test` and this file.

Skipped where launch_testing is not installed; `test_launched_graphs.py` asserts the same without it.
"""

import sys
import unittest
from pathlib import Path

import pytest

pytest.importorskip(
    "launch_testing", reason="launch_testing is not installed: test_launched_graphs.py asserts the same"
)

sys.path.insert(0, str(Path(__file__).parent))  # under launch_test there is no conftest.py

import launch_testing
import launch_testing.actions
import launch_testing.asserts
from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import AnyLaunchDescriptionSource
from launched_graphs import CASES, check_graph


@pytest.mark.launch_test
@launch_testing.parametrize("name", list(CASES))
def generate_test_description(name: str) -> LaunchDescription:
    """Launch one of the files as `ros2 launch` does."""
    case = CASES[name]
    path = Path(get_package_share_directory("aestream"), "launch", f"{case.file}.launch.py")
    source = AnyLaunchDescriptionSource(str(path))
    included = IncludeLaunchDescription(source, launch_arguments=case.arguments.items())
    return LaunchDescription([included, launch_testing.actions.ReadyToTest()])


class TestGraph(unittest.TestCase):
    """While it runs."""

    def test_a_launch_file_brings_up_its_graph(self, name: str) -> None:
        """See `launched_graphs`."""
        check_graph(CASES[name])


@launch_testing.post_shutdown_test()
class TestEnd(unittest.TestCase):
    """After Ctrl-C."""

    def test_every_process_ends_cleanly(self, proc_info: object) -> None:
        """Status 0."""
        launch_testing.asserts.assertExitCodes(proc_info)
