"""Errors of launching."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aestream_core.errors import AestreamError


@dataclass(frozen=True)
class Place:
    """Where in a launch file something stands; lines count from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class LaunchError(AestreamError):
    """A launch file, an argument or a launched process is wrong; the message is the one line that the user reads."""

    def __init__(self, message: str, *, place: Place | None = None) -> None:
        """Create the error, with its place in a launch file where it has one."""
        super().__init__(f"{place}: {message}" if place else message)


def unsupported(what: str, place: Place | None) -> LaunchError:
    """Return the error for something that ROS 2's launch knows and this runner does not."""
    return LaunchError(
        f"{what} is not supported by 'aestream launch'; 'ros2 launch' (package ros2launch) may run it", place=place
    )
