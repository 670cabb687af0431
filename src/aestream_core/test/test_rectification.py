"""Calibrations as ROS writes them put every pixel where an ideal lens would."""

from pathlib import Path

import numpy as np
import pytest

from aestream_core import Events
from aestream_core.camera_info import load_camera_info
from aestream_core.errors import FormatError, InvalidArgumentError
from aestream_core.filters import make_filter
from aestream_core.rectification import distort_points, lookup_of, rectifying_lookup, undistort_points

WIDTH, HEIGHT = 96, 64
NONE = "0, 0, 0, 0, 0"
BROWN = "-0.3, 0.1, 0.001, -0.002, 0.01"
IDENTITY = "1, 0, 0, 0, 1, 0, 0, 0, 1"
TEXT = """image_width: 96
image_height: 64
camera_name: event_camera
camera_matrix: {{rows: 3, cols: 3, data: [80, 0, 47.5, 0, 80, 31.5, 0, 0, 1]}}
distortion_model: {model}
distortion_coefficients: {{rows: 1, cols: 5, data: [{distortion}]}}
rectification_matrix: {{rows: 3, cols: 3, data: [{rectification}]}}
projection_matrix: {{rows: 3, cols: 4, data: [80, 0, 47.5, 0, 0, 80, 31.5, 0, 0, 0, 1, 0]}}
"""


def written(folder: Path, *, model: str = "plumb_bob", distortion: str = NONE, rectification: str = IDENTITY) -> Path:
    path = folder / "camera_info.yaml"
    path.write_text(TEXT.format(model=model, distortion=distortion, rectification=rectification))
    return path


@pytest.mark.parametrize(
    ("model", "distortion"),
    [
        ("plumb_bob", BROWN),
        ("rational_polynomial", "0.1, 0.02, 0.001, 0.001, 0.01, 0.3, 0.05, 0.01"),
        ("equidistant", "-0.02, 0.01, -0.003, 0.001"),
    ],
)
def test_undistorting_inverts_the_lens(tmp_path: Path, model: str, distortion: str) -> None:
    info = load_camera_info(written(tmp_path, model=model, distortion=distortion))
    ideal = np.random.default_rng(1).uniform(-0.5, 0.5, (500, 2))
    bent = distort_points(ideal, info)
    assert np.abs(bent - ideal).max() > 0.01
    assert np.allclose(undistort_points(bent, info), ideal, atol=1e-6)


def test_without_distortion_every_pixel_stays(tmp_path: Path) -> None:
    lookup = rectifying_lookup(written(tmp_path), width=WIDTH, height=HEIGHT)
    assert np.array_equal(lookup.ravel(), np.arange(WIDTH * HEIGHT))


def test_a_straight_line_is_straight_again(tmp_path: Path) -> None:
    """Points of an ideal line, bent by the lens and seen at whole pixels, come back to the line, rounded twice."""
    path = written(tmp_path, distortion=BROWN)
    info = load_camera_info(path)
    line = np.column_stack([np.linspace(-0.55, 0.55, 200), np.full(200, 0.37)])
    seen = np.rint(distort_points(line, info) * 80 + (47.5, 31.5)).astype(int)
    assert np.ptp(seen[:, 1]) >= 2, "the lens bends the line"
    events = Events.from_numpy(
        t=np.arange(200), x=seen[:, 0], y=seen[:, 1], p=np.arange(200) % 2, width=WIDTH, height=HEIGHT
    )
    straight = make_filter("undistort", camera_info=path, width=WIDTH, height=HEIGHT).apply(events).to_numpy()
    assert len(straight) == 200
    assert np.abs(straight["y"] - (0.37 * 80 + 31.5)).max() < 1.5
    assert np.array_equal(straight["p"], np.arange(200) % 2 == 1)


def test_a_turned_camera_loses_what_falls_off_the_picture(tmp_path: Path) -> None:
    turned = "0.95533649, 0, -0.29552021, 0, 1, 0, 0.29552021, 0, 0.95533649"
    lookup = rectifying_lookup(written(tmp_path, rectification=turned), width=WIDTH, height=HEIGHT)
    assert 0.1 < (lookup < 0).mean() < 0.4
    assert lookup.max() < WIDTH * HEIGHT


def test_pixels_that_no_ray_reaches_become_none(tmp_path: Path) -> None:
    lookup = lookup_of(load_camera_info(written(tmp_path, distortion="-2.0, 0, 0, 0, 0")))
    assert lookup[0, 0] == -1
    assert lookup[HEIGHT // 2, WIDTH // 2] >= 0


def test_calibrations_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    with pytest.raises(InvalidArgumentError, match="is for 96 x 64; the sensor is 64 x 48"):
        rectifying_lookup(path, width=64, height=48)
    with pytest.raises(InvalidArgumentError, match="unknown distortion model 'thin_prism'; known: equidistant, "):
        rectifying_lookup(written(tmp_path, model="thin_prism"), width=WIDTH, height=HEIGHT)
    with pytest.raises(InvalidArgumentError, match="cannot read calibration"):
        load_camera_info(tmp_path / "none.yaml")
    path.write_text("image_width: [")
    with pytest.raises(FormatError, match="is no YAML"):
        load_camera_info(path)
    path.write_text("image_width: 3")
    with pytest.raises(FormatError, match=r"is not one of ROS's camera_info: KeyError\('image_height'\)"):
        load_camera_info(path)
    path.write_text("[]")
    with pytest.raises(FormatError, match="is not one of ROS's camera_info"):
        load_camera_info(path)
