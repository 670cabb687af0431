"""Where a calibration puts each pixel of an undistorted, rectified picture.

The model is that of sensor_msgs/CameraInfo: K (3, 3), D, R (3, 3) and P (3, 4). `plumb_bob` and `rational_polynomial`
are Brown's with radial terms k1..k6 and tangential p1, p2; `equidistant` is that of Kannala and Brandt 2006
(doi:10.1109/TPAMI.2006.153) with k1..k4.
"""

from collections.abc import Callable
from os import PathLike

import numpy as np
import numpy.typing as npt

from aestream_core.camera_info import CameraInfo, load_camera_info
from aestream_core.errors import InvalidArgumentError

Points = npt.NDArray[np.float64]
"""(N, 2): x and y on the picture plane at distance 1."""

_ROUNDS = 50


def rectifying_lookup(path: str | PathLike[str], *, width: int, height: int) -> npt.NDArray[np.int32]:
    """Give for each pixel the one that it becomes, (H, W) of row * width + column, -1 where it falls off the picture.

    Raises:
        FormatError: the file is not a calibration, or not invertible.
        InvalidArgumentError: it is for another size, or has an unknown distortion model.
    """
    return lookup_of(load_camera_info(path, width=width, height=height))


def lookup_of(info: CameraInfo) -> npt.NDArray[np.int32]:
    """Give the lookup of a calibration; see `rectifying_lookup`."""
    rows, columns = np.mgrid[: info.height, : info.width]
    pixels = np.stack([columns.ravel(), rows.ravel(), np.ones(columns.size)])
    distorted = (np.linalg.inv(info.camera_matrix) @ pixels)[:2].T
    ideal = undistort_points(distorted, info)
    places = info.projection[:, :3] @ info.rectification @ np.column_stack([ideal, np.ones(len(ideal))]).T
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = np.rint(places[:2] / places[2])
        seen = (places[2] > 0) & (x >= 0) & (x < info.width) & (y >= 0) & (y < info.height)
    target = np.where(seen, np.nan_to_num(y) * info.width + np.nan_to_num(x), -1)
    return target.astype(np.int32).reshape(info.height, info.width)


def undistort_points(distorted: Points, info: CameraInfo) -> Points:
    """Invert the distortion by fixed-point iteration; NaN where it does not converge.

    Args:
        distorted: (N, 2), on the picture plane at distance 1.
        info: the calibration.
    """
    distort = _model(info)
    points = distorted.copy()
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(_ROUNDS):
            points += distorted - distort(points, info.distortion)
        error = np.abs(distort(points, info.distortion) - distorted).max(axis=1)
    points[~(error < 1e-4)] = np.nan
    return points


def distort_points(points: Points, info: CameraInfo) -> Points:
    """Give where the lens puts points, (N, 2) on the picture plane at distance 1."""
    return _model(info)(points, info.distortion)


def _model(info: CameraInfo) -> Callable[[Points, npt.NDArray[np.float64]], Points]:
    if info.model not in _MODELS:
        raise InvalidArgumentError(f"unknown distortion model {info.model!r}; known: {', '.join(sorted(_MODELS))}")
    return _MODELS[info.model]


def _brown(points: Points, coefficients: npt.NDArray[np.float64]) -> Points:
    k1, k2, p1, p2, k3, k4, k5, k6 = np.pad(coefficients[:8], (0, max(0, 8 - len(coefficients))))
    x, y = points.T
    r2 = x * x + y * y
    radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
    dx = 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    dy = p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    return np.column_stack([x * radial + dx, y * radial + dy])


def _equidistant(points: Points, coefficients: npt.NDArray[np.float64]) -> Points:
    k1, k2, k3, k4 = np.pad(coefficients[:4], (0, max(0, 4 - len(coefficients))))
    radius = np.hypot(*points.T)
    angle = np.arctan(radius)
    a2 = angle * angle
    bent = angle * (1 + a2 * (k1 + a2 * (k2 + a2 * (k3 + a2 * k4))))
    scale: Points = np.divide(bent, radius, out=np.ones_like(radius), where=radius > 0)
    return np.asarray(points * scale[:, None])


_MODELS: dict[str, Callable[[Points, npt.NDArray[np.float64]], Points]] = {
    "plumb_bob": _brown,
    "rational_polynomial": _brown,
    "equidistant": _equidistant,
    "fisheye": _equidistant,
}
