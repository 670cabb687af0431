"""Events to frames: the fast kernel equals the slow twin, and nothing is counted twice."""

import itertools

import numpy as np
import pytest
import torch

from aestream_core.errors import InvalidArgumentError
from aestream_snn.data.frames import FrameConfig, frame_shape, make_frames, make_frames_ref
from aestream_snn.data.recordings import words_from_columns

RNG = np.random.default_rng(0)


def recording(count: int, width: int = 40, height: int = 30):
    t = np.sort(RNG.integers(0, 100_000, count))
    return words_from_columns(
        t, RNG.integers(0, width, count), RNG.integers(0, height, count), RNG.integers(0, 2, count)
    )


@pytest.mark.parametrize(
    ("by", "duration_us", "shrink", "steps"),
    itertools.product(("time", "count"), (None, 50_000, 1_000_000), (1, 3), (1, 7)),
)
def test_the_native_frames_equal_the_slow_twin(by, duration_us, shrink, steps):
    config = FrameConfig(steps=steps, by=by, duration_us=duration_us, shrink=shrink)
    batch = [recording(2000), recording(0), recording(1)]
    fast = make_frames(batch, width=40, height=30, config=config)
    assert torch.equal(fast, make_frames_ref(batch, width=40, height=30, config=config))
    assert fast.shape == (steps, 3, 2, 30 // shrink, 40 // shrink)


def test_every_event_counts_once():
    frames = make_frames([recording(2000)], width=40, height=30, config=FrameConfig(steps=9))
    assert frames.sum() == 2000


def test_on_events_are_in_the_second_channel():
    words = words_from_columns([0, 1], [3, 5], [2, 4], [1, 0])
    frames = make_frames([words], width=8, height=8, config=FrameConfig(steps=1))
    assert frames[0, 0, 1, 2, 3] == 1
    assert frames[0, 0, 0, 4, 5] == 1


def test_cells_larger_than_the_sensor_are_refused():
    with pytest.raises(InvalidArgumentError, match="shrink is 64; a sensor of 40 x 30 px has no such cell"):
        frame_shape(40, 30, FrameConfig(shrink=64))
