"""Shapes on given trajectories: events where and when the shapes pass, the same every time."""

import numpy as np
import pytest

from aestream_core import InvalidArgumentError, SimConfig
from aestream_core.motion import OUTLINES, MotionShape, simulate_motion

QUIET = SimConfig(
    width=64, height=48, shot_noise_rate_hz=0.0, leak_rate_hz=0.0, hot_pixel_fraction=0.0, threshold_mismatch=0.0
)


def crossing(steps: int = 200, *, y_px: float = 24, gain: float = 1) -> np.ndarray:
    poses = np.zeros((steps + 1, 1, 5), np.float32)
    poses[:, 0, 0] = np.linspace(-20, 84, steps + 1)
    poses[:, 0, 1], poses[:, 0, 3], poses[:, 0, 4] = y_px, 1, gain
    return poses


@pytest.mark.parametrize("outline", OUTLINES)
def test_a_bright_shape_makes_on_events_in_front_and_off_events_behind(outline):
    shape = MotionShape(outline, 6, 6, contrast=0.5)
    events = simulate_motion(QUIET, [shape], crossing()).to_numpy()
    row = events[(events["x"] == 30) & (np.abs(events["y"].astype(int) - 24) <= 1)]
    on, off = row[row["p"]], row[~row["p"]]
    assert on["t"].min() < off["t"].min()
    assert events["p"].mean() == pytest.approx(0.55, abs=0.1)  # pixels begin on their way to the next ON event
    assert np.abs(events["y"].astype(int) - 24).max() <= 8


def test_events_are_in_order_of_time_and_before_the_end():
    events = simulate_motion(QUIET, [MotionShape()], crossing(), step_us=1000)
    assert events.is_time_ordered()
    assert events.first_us > 0
    assert events.last_us < 200_000


def test_a_shape_that_stands_still_makes_no_events():
    poses = crossing()
    poses[:] = poses[100]
    assert len(simulate_motion(QUIET, [MotionShape()], poses)) == 0


def test_a_lamp_flickers_where_it_stands():
    poses = crossing()
    poses[:] = poses[100]
    poses[:, 0, 4] = np.sin(np.arange(201))
    events = simulate_motion(QUIET, [MotionShape(contrast=1.0)], poses).to_numpy()
    assert len(events) > 1000
    assert np.abs(events["x"].astype(int) - 32).max() <= 10


def test_the_same_seed_gives_the_same_events_and_another_others():
    noisy = [SimConfig(width=64, height=48, shot_noise_rate_hz=20.0, seed=seed) for seed in (5, 5, 6)]
    first, again, other = (simulate_motion(config, [MotionShape()], crossing()).words() for config in noisy)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_poses_of_another_shape_are_refused():
    with pytest.raises(
        InvalidArgumentError, match=r"poses have the shape \(3, 2, 5\); it must be \(steps \+ 1, 1, 5\)"
    ):
        simulate_motion(QUIET, [MotionShape()], np.ones((3, 2, 5)))
    with pytest.raises(InvalidArgumentError, match="a motion of 1 shapes has 1 poses"):
        simulate_motion(QUIET, [MotionShape()], crossing()[:1])


@pytest.mark.parametrize(("field", "value"), [(0, np.nan), (2, np.inf), (3, 0), (4, np.nan)])
def test_a_pose_that_is_not_possible_is_refused(field, value):
    poses = crossing()
    poses[7, 0, field] = value
    with pytest.raises(InvalidArgumentError, match="pose 7 is not possible"):
        simulate_motion(QUIET, [MotionShape()], poses)


def test_steps_outside_their_bounds_are_refused():
    for step_us in (9, 4001):
        with pytest.raises(InvalidArgumentError, match=f"step_us is {step_us}; it must be 10 to 4000 us"):
            simulate_motion(QUIET, [MotionShape()], crossing(), step_us=step_us)


def test_an_outline_that_there_is_not_is_refused():
    with pytest.raises(InvalidArgumentError, match="outline is 'star'; it must be one of ellipse, box, cross, ring"):
        MotionShape("star")
