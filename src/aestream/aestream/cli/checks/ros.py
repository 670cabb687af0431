"""ROS 2: the client library, the middleware, the interfaces, the launch system."""

import os
from collections.abc import Mapping
from pathlib import Path

from aestream.cli.checks.base import Finding, try_import, version_of

_MAKE_SETUP = "make setup && . ./env.sh"
_FASTDDS_2_DISTRIBUTIONS = ("humble", "iron", "jazzy")
_LAUNCH_FIX = "use 'aestream launch', or install ROS 2 and source it: . /opt/ros/jazzy/setup.bash"


def check_ros(environment: Mapping[str, str] = os.environ, ros_root: Path = Path("/opt/ros")) -> Finding:
    """Check that rclpy loads, and say where it comes from."""
    module = try_import("rclpy")
    if not isinstance(module, str):
        return Finding("ROS 2", "ok", _ros_origin(environment), required=True)
    installed = sorted(each.name for each in ros_root.iterdir()) if ros_root.is_dir() else []
    fix = f". {ros_root}/{installed[-1]}/setup.bash" if installed else _MAKE_SETUP
    return Finding("ROS 2", "missing", module, fix, required=True)


def check_rmw() -> Finding:
    """Check that the middleware loads, and say which it is."""
    rclpy = try_import("rclpy")
    if isinstance(rclpy, str):
        return Finding("RMW", "missing", "needs ROS 2", _MAKE_SETUP, required=True)
    try:
        return Finding("RMW", "ok", rclpy.get_rmw_implementation_identifier(), required=True)
    except Exception as error:  # The middleware's own errors have no common class.
        reason = " ".join(str(error).split())
        return Finding("RMW", "problem", reason, "export RMW_IMPLEMENTATION=rmw_fastrtps_cpp", required=True)


def check_fastdds_profile(environment: Mapping[str, str] = os.environ) -> Finding:
    """Check that Fast DDS is told to take shared memory that large messages fit into."""
    name = "Fast DDS profile"
    if environment.get("RMW_IMPLEMENTATION", "rmw_fastrtps_cpp") != "rmw_fastrtps_cpp":
        return Finding(name, "ok", f"not used by {environment['RMW_IMPLEMENTATION']}")
    variable = _profile_variable(environment.get("ROS_DISTRO", "jazzy"))
    path = environment.get(variable, "")
    if not path:
        return Finding(
            name, "problem", f"{variable} is not set; best-effort messages over 0.5 MB are lost", ". ./env.sh"
        )
    if not Path(path).is_file():
        return Finding(name, "problem", f"{variable} names {path!r}, which does not exist", ". ./env.sh")
    return Finding(name, "ok", path)


def check_interfaces() -> list[Finding]:
    """Check that the messages and services of the nodes are built."""
    return [_check_interface(each) for each in ("event_camera_msgs", "composition_interfaces", "aestream_msgs")]


def check_launch() -> Finding:
    """Check whether ROS 2's own launch system is there; `aestream launch` does without."""
    for name in ("launch", "launch_ros"):
        if isinstance(try_import(name), str):
            detail = f"no {name}: 'ros2 launch' is not available, 'aestream launch' runs the same YAML files"
            return Finding("launch", "missing", detail, _LAUNCH_FIX)
    return Finding("launch", "ok", "'ros2 launch' and 'aestream launch' both work")


def _check_interface(package: str) -> Finding:
    kind = "srv" if package == "composition_interfaces" else "msg"
    module = try_import(f"{package}.{kind}")
    if isinstance(module, str):
        return Finding(package, "missing", module, _MAKE_SETUP, required=True)
    return Finding(package, "ok", _home_of(module.__file__), required=True)


def _profile_variable(distribution: str) -> str:
    """Name the variable that Fast DDS reads: version 3 has another one than version 2."""
    return (
        "FASTRTPS_DEFAULT_PROFILES_FILE"
        if distribution in _FASTDDS_2_DISTRIBUTIONS
        else "FASTDDS_DEFAULT_PROFILES_FILE"
    )


def _home_of(file: str | None) -> str:
    return str(Path(file or "").parents[1])


def _ros_origin(environment: Mapping[str, str]) -> str:
    wheel = version_of("ros-jazzy-rclpy")
    distribution = environment.get("ROS_DISTRO", "")
    if wheel:
        return f"jazzy from PyPI wheels, rclpy {wheel}"
    return f"{distribution or 'unknown distribution'} from {environment.get('AMENT_PREFIX_PATH', '').split(':')[-1]}"
