"""Packages import without the layers above them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def python_path_without_ros() -> str:
    """Give the folders of this workspace's own packages and of the environment, without any ROS package."""
    import aestream_core
    import aestream_gpu

    return os.pathsep.join(str(Path(package.__file__ or "").parent.parent) for package in (aestream_core, aestream_gpu))


def test_core_and_gpu_import_with_no_ros_on_the_path() -> None:
    block = (
        "import sys\n"
        "class NoRos:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.split('.')[0] in {'rclpy', 'aestream_ros', 'aestream_msgs', 'std_msgs', 'sensor_msgs'}:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, NoRos())\n"
        "import aestream_core, aestream_gpu\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": python_path_without_ros()}
    result = subprocess.run([sys.executable, "-c", block], env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("package", ["aestream_core"])
def test_the_core_imports_without_torch(package: str) -> None:
    code = f"import sys; sys.modules['torch'] = None; import {package}, {package}.files, {package}.simulator"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_links_import_without_ros_torch_and_their_libraries() -> None:
    block = (
        "import sys\n"
        "for name in ('rclpy', 'torch', 'zmq', 'websockets', 'iceoryx2'): sys.modules[name] = None\n"
        "from aestream_bridge.browser import server\n"
        "from aestream_bridge.links import pipe, shared_memory, zeromq_receiver, zeromq_sender\n"
        "from aestream_bridge import outflow, udp_config\n"
    )
    result = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
