"""Install aestream, with the launch files and the configuration of the whole suite."""

import os
from glob import glob

from setuptools import find_packages, setup

# colcon builds each package in its own folder; launch/ and config/ belong to the suite and lie at its root.
os.chdir(os.path.dirname(os.path.abspath(__file__)))

setup(
    name="aestream",
    version="0.1.0",
    packages=find_packages(include=["aestream", "aestream.*"]),
    package_data={"aestream": ["py.typed"]},
    data_files=[
        ("share/ament_index/resource_index/packages", ["resource/aestream"]),
        ("share/aestream", ["package.xml"]),
        ("bin", ["scripts/aestream"]),
        ("share/aestream/launch", glob("../../launch/*.*")),
        ("share/aestream/config", glob("../../config/*")),
    ],
    install_requires=["setuptools"],
    extras_require={"test": ["pytest"]},
    entry_points={
        "console_scripts": [
            "component_container = aestream.container.main:main",
            "watch = aestream.watch.cli:main",
            "recorder_node = aestream.bag.ros.recorder_node:main",
            "player_node = aestream.bag.ros.player_node:main",
        ],
        "rclpy_components": [
            "aestream::RecorderNode = aestream.bag.ros.recorder_node:RecorderNode",
            "aestream::PlayerNode = aestream.bag.ros.player_node:PlayerNode",
        ],
    },
    zip_safe=True,
    description="The face of the suite: command, Python API, component container, launch files.",
    license="Apache-2.0",
)
