"""Calibrations as ROS's camera_calibration writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from aestream_core.errors import InvalidArgumentError

_MATRICES = {"camera_matrix": 9, "rectification_matrix": 9, "projection_matrix": 12}


@dataclass(frozen=True)
class Calibration:
    """Intrinsics of a camera; the fields are those of sensor_msgs/CameraInfo.

    Attributes:
        width: image width in pixels.
        height: image height in pixels.
        model: name of the distortion model; empty where there is no calibration.
        d: distortion coefficients.
        k: camera matrix, 3x3, row by row.
        r: rectification matrix, 3x3, row by row.
        p: projection matrix, 3x4, row by row.
    """

    width: int
    height: int
    model: str = ""
    d: tuple[float, ...] = ()
    k: tuple[float, ...] = (0.0,) * 9
    r: tuple[float, ...] = (0.0,) * 9
    p: tuple[float, ...] = (0.0,) * 12


def load_calibration(url: str, *, width: int, height: int) -> Calibration:
    """Load the calibration of a sensor of that size; one without intrinsics where `url` is empty.

    Raises:
        InvalidArgumentError: the file is not there, is no calibration, or is that of another sensor.
    """
    if not url:
        return Calibration(width, height)
    document = _document(url)
    numbers = {name: _numbers(url, document, name, count) for name, count in _MATRICES.items()}
    if (document.get("image_width"), document.get("image_height")) != (width, height):
        size = f"{document.get('image_width')}x{document.get('image_height')}"
        raise InvalidArgumentError(
            f"camera_info_url is {url!r}, a calibration of {size}; the sensor has {width}x{height}"
        )
    return Calibration(
        width,
        height,
        str(document.get("distortion_model", "")),
        _numbers(url, document, "distortion_coefficients", None),
        numbers["camera_matrix"],
        numbers["rectification_matrix"],
        numbers["projection_matrix"],
    )


def _document(url: str) -> Mapping[str, Any]:
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise InvalidArgumentError(f"camera_info_url is {url!r}; it must begin with file:///")
    try:
        document = yaml.safe_load(Path(unquote(parts.path)).read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InvalidArgumentError(f"camera_info_url is {url!r}, which cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise InvalidArgumentError(f"camera_info_url is {url!r}, which is no calibration")
    return document


def _numbers(url: str, document: Mapping[str, Any], name: str, count: int | None) -> tuple[float, ...]:
    matrix = document.get(name)
    data = matrix.get("data") if isinstance(matrix, dict) else None
    right = isinstance(data, list) and all(isinstance(each, int | float) for each in data)
    if not right or (count is not None and len(data) != count):  # type: ignore[arg-type]
        wanted = "numbers" if count is None else f"{count} numbers"
        raise InvalidArgumentError(f"camera_info_url is {url!r}, where {name} has no data of {wanted}")
    return tuple(float(each) for each in data)  # type: ignore[union-attr]
