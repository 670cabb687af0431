"""A ROS package with small components and programs, made for the tests, and an environment that finds it."""

import os
import random
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

COMPONENTS = """
    from rclpy.node import Node


    class Talker(Node):
        def __init__(self, **kwargs):
            super().__init__("talker", **kwargs)
            text = self.declare_parameter("text", "hello").value
            rate_hz = self.declare_parameter("rate_hz", 1.0).value
            print(f"talker says {text!r} at {rate_hz} Hz on {self.resolve_topic_name('~/chatter')}", flush=True)

        def close(self):
            print("talker closed", flush=True)


    class Broken(Node):
        def __init__(self, **kwargs):
            super().__init__("broken", **kwargs)
            raise RuntimeError("the camera is not connected")


    class Failing(Node):
        failure = None

        def __init__(self, **kwargs):
            super().__init__("failing", **kwargs)
            self.create_timer(0.2, self.fail)

        def fail(self):
            self.failure = "the cable was pulled"


    class Player(Node):
        finished = False

        def __init__(self, **kwargs):
            super().__init__("player", **kwargs)
            self.create_timer(0.2, self.end)

        def end(self):
            self.finished = True
"""
PROGRAMS = {
    "component_container": "from aestream.container.main import main\nmain()\n",
    "sleeper": "import sys, time\nprint('sleeps', *sys.argv[1:], flush=True)\ntime.sleep(60)\n",
    "breaker": "import sys\nsys.exit('the sensor is missing')\n",
    "stubborn": "import signal, time\nsignal.signal(2, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(60)\n",
}


@pytest.fixture(scope="session")
def tiny_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment in which the package `tiny` is installed, in a ROS domain of its own."""
    prefix = tmp_path_factory.mktemp("prefix")
    _write(prefix / "share/ament_index/resource_index/packages/tiny", "")
    _write(prefix / "python/tiny_nodes.py", textwrap.dedent(COMPONENTS))
    _write(prefix / "python/tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
    entries = [f"tiny::{name} = tiny_nodes:{name}" for name in ("Talker", "Broken", "Failing", "Player")]
    missing = "tiny::Missing = no_such_module:Missing"
    _write(prefix / "python/tiny-1.0.dist-info/entry_points.txt", "\n".join(["[rclpy_components]", *entries, missing]))
    for name, code in PROGRAMS.items():
        _write(prefix / "lib/tiny" / name, f"#!/usr/bin/env python3\n{code}").chmod(0o755)
    return {
        **os.environ,
        "AMENT_PREFIX_PATH": os.pathsep.join([str(prefix), os.environ.get("AMENT_PREFIX_PATH", "")]),
        "PYTHONPATH": os.pathsep.join([str(prefix / "python"), os.environ.get("PYTHONPATH", "")]),
        "ROS_DOMAIN_ID": str(random.SystemRandom().randint(0, 101)),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
    }


@pytest.fixture
def write_launch_file(tmp_path: Path) -> Callable[[str], Path]:
    """Function that writes the elements of a launch file and returns its path."""

    def write(elements: str) -> Path:
        return _write(tmp_path / "test.launch.yaml", "launch:\n" + textwrap.indent(textwrap.dedent(elements), "  "))

    return write


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
