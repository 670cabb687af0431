"""The package dvs_msgs, built from its message text by the generators of ROS: a real foreign type for tests."""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pytest

MESSAGES = {
    "Event": "uint16 x\nuint16 y\nbuiltin_interfaces/Time ts\nbool polarity\n",
    "EventArray": "std_msgs/Header header\nuint32 height\nuint32 width\nEvent[] events\n",
}
PACKAGE_XML = """<?xml version="1.0"?>
<package format="3">
  <name>dvs_msgs</name><version>0.0.0</version><description>For tests.</description>
  <maintainer email="maintainers@aestream.dev">AEStream for ROS 2 contributors</maintainer><license>Apache-2.0</license>
  <buildtool_depend>ament_cmake</buildtool_depend><depend>std_msgs</depend>
  <member_of_group>rosidl_interface_packages</member_of_group>
  <export><build_type>ament_cmake</build_type></export>
</package>
"""
CMAKE = """cmake_minimum_required(VERSION 3.22)
project(dvs_msgs)
find_package(ament_cmake REQUIRED)
foreach(each rosidl_cmake rosidl_generator_type_description rosidl_generator_c rosidl_typesupport_c
    rosidl_typesupport_introspection_c rosidl_typesupport_fastrtps_c rosidl_generator_py std_msgs)
  find_package(${each} REQUIRED)
endforeach()
rosidl_generate_interfaces(${PROJECT_NAME} msg/Event.msg msg/EventArray.msg DEPENDENCIES std_msgs)
ament_package()
"""
SOURCES = {
    "package.xml": PACKAGE_XML,
    "CMakeLists.txt": CMAKE,
    **{f"msg/{name}.msg": text for name, text in MESSAGES.items()},
}
KEY = sha256(repr((SOURCES, sys.version, os.environ.get("ROS_DISTRO"))).encode()).hexdigest()[:12]
FOLDER = Path(__file__).resolve().parents[1] / "build" / f"dvs_msgs_for_tests_{KEY}"
"""Kept between runs: the first takes about a minute."""


def environment_with_dvs_msgs() -> dict[str, str]:
    """Give an environment for processes in which dvs_msgs can be imported; skip the test where that cannot be had."""
    if find_spec("dvs_msgs") is not None:
        return dict(os.environ)
    prefix = FOLDER / "prefix"
    if not (prefix / "complete").exists():
        _build(prefix)
    site = next(prefix.glob("**/*-packages"))
    added = {
        "AMENT_PREFIX_PATH": prefix,
        "PYTHONPATH": site,
        "LD_LIBRARY_PATH": prefix / "lib",
    }
    old = os.environ
    return {**old, **{name: f"{path}{os.pathsep}{old.get(name, '')}".rstrip(":") for name, path in added.items()}}


def _build(prefix: Path) -> None:
    if shutil.which("cmake") is None:
        pytest.skip("dvs_msgs is not installed, and cmake is not there to build it")
    for name, text in SOURCES.items():
        path = FOLDER / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    configure = ["cmake", "-S", FOLDER / "src", "-B", FOLDER / "build", f"-DCMAKE_INSTALL_PREFIX={prefix}"]
    settings = [f"-DPython3_EXECUTABLE={sys.executable}", "-DCMAKE_C_FLAGS=-O0", "-DCMAKE_CXX_FLAGS=-O0"]
    compile_all = ["cmake", "--build", FOLDER / "build", "--target", "install", "-j2"]
    for command in ([*configure, *settings], compile_all):
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            last = (result.stderr or result.stdout).strip().splitlines()[-1:]
            pytest.skip(f"dvs_msgs is not installed, and could not be built: {last}")
    (prefix / "complete").touch()
