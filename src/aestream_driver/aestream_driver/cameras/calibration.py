"""The calibration that a camera's node is given by URL, as ROS's camera drivers are."""

from urllib.parse import unquote, urlsplit

from aestream_core.camera_info import CameraInfo, load_camera_info, uncalibrated
from aestream_core.errors import InvalidArgumentError


def load_calibration(url: str, *, width: int, height: int) -> CameraInfo:
    """Load the calibration of a sensor of that size; one without intrinsics where `url` is empty.

    Raises:
        AestreamError: `url` is none of a file, or that is not there, is no calibration, or is that of another sensor.
    """
    if not url:
        return uncalibrated(width=width, height=height)
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise InvalidArgumentError(f"camera_info_url is {url!r}; it must begin with file:///")
    return load_camera_info(unquote(parts.path), width=width, height=height)
