"""Camera calibration as ROS writes it: the fields of sensor_msgs/CameraInfo, in the YAML of camera_calibration."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.errors import FormatError, InvalidArgumentError, MissingDependencyError

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CameraInfo:
    """A calibration.

    Attributes:
        width: columns of the picture.
        height: rows of the picture.
        model: name of the distortion model; empty where there is no calibration.
        distortion: D, as many numbers as the model has.
        camera_matrix: K, (3, 3).
        rectification: R, (3, 3).
        projection: P, (3, 4).
    """

    width: int
    height: int
    model: str
    distortion: Matrix
    camera_matrix: Matrix
    rectification: Matrix
    projection: Matrix


def uncalibrated(*, width: int, height: int) -> CameraInfo:
    """Say nothing but the size, as sensor_msgs/CameraInfo wants it: every matrix is 0."""
    square = np.zeros((3, 3))
    return CameraInfo(width, height, "", np.zeros(0), square, square, np.zeros((3, 4)))


def load_camera_info(path: str | PathLike[str], *, width: int | None = None, height: int | None = None) -> CameraInfo:
    """Read the YAML that ROS's camera_calibration writes and its drivers read.

    Args:
        path: the file.
        width: columns of the sensor that it must be for; None for any.
        height: rows of that sensor.

    Raises:
        FormatError: the file is not such a calibration.
        InvalidArgumentError: the file cannot be read, or is the calibration of another sensor.
        MissingDependencyError: PyYAML is not installed.
    """
    document = _document(path)
    try:
        info = _camera_info(document)
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"calibration {str(path)!r} is not one of ROS's camera_info: {error!r}") from error
    if width is not None and (info.width, info.height) != (width, height):
        raise InvalidArgumentError(
            f"calibration {str(path)!r} is for {info.width} x {info.height}; the sensor is {width} x {height}"
        )
    return info


def _document(path: str | PathLike[str]) -> Mapping[str, Any]:
    try:
        import yaml
    except ModuleNotFoundError:
        raise MissingDependencyError("calibrations need PyYAML: pip install pyyaml") from None
    try:
        document = yaml.safe_load(Path(path).read_text())
    except OSError as error:
        raise InvalidArgumentError(f"cannot read calibration {str(path)!r}: {error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FormatError(f"calibration {str(path)!r} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise FormatError(f"calibration {str(path)!r} is not one of ROS's camera_info: it lists no fields")
    return document


def _camera_info(document: Mapping[str, Any]) -> CameraInfo:
    return CameraInfo(
        width=int(document["image_width"]),
        height=int(document["image_height"]),
        model=str(document.get("distortion_model", document.get("camera_model"))),
        distortion=_matrix(document, "distortion_coefficients", (-1,)),
        camera_matrix=_matrix(document, "camera_matrix", (3, 3)),
        rectification=_matrix(document, "rectification_matrix", (3, 3)),
        projection=_matrix(document, "projection_matrix", (3, 4)),
    )


def _matrix(document: Mapping[str, Any], name: str, shape: tuple[int, ...]) -> Matrix:
    try:
        return np.array(document[name]["data"], np.float64).reshape(shape)
    except (TypeError, ValueError):
        wanted = "numbers" if shape == (-1,) else f"{int(np.prod(shape))} numbers"
        raise ValueError(f"{name} has no data of {wanted}") from None
