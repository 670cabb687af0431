"""The simulator's pixels, step by step, against their NumPy twin."""

import numpy as np
import numpy.typing as npt
import pytest

from aestream_core.errors import InvalidArgumentError
from aestream_core.simulator import PixelArrayState, SimConfig, pixel_array_step, pixel_array_step_ref


def new_state(rng: np.random.Generator, frame: npt.NDArray[np.float32], sigma: float) -> PixelArrayState:
    mismatch = np.maximum(rng.normal(1, sigma, frame.shape), 0.1).astype(np.float32)
    return PixelArrayState(frame.copy(), frame.copy(), np.zeros(frame.shape, np.int64), mismatch)


def by_pixel(events: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    return events[np.lexsort((events["x"], events["y"], events["t"]))]


@pytest.mark.parametrize("refractory_us", [0, 7, 400, 2500])
@pytest.mark.parametrize("thresholds", [(0.2, 0.2), (0.1, 0.35)])
def test_native_pixels_fire_as_the_numpy_twin_does(refractory_us: int, thresholds: tuple[float, float]) -> None:
    rng = np.random.default_rng(refractory_us)
    config = SimConfig(refractory_us=refractory_us, threshold_on=thresholds[0], threshold_off=thresholds[1])
    frame = rng.normal(0, 1, (11, 37)).astype(np.float32)
    native, twin = new_state(rng, frame, 0.1), None
    twin = PixelArrayState(*(each.copy() for each in vars(native).values()))
    t_us, count = 0, 0
    for length_us in rng.integers(1, 1000, 60):
        moves = rng.random(frame.shape) < 0.7
        frame = frame + np.where(moves, rng.normal(0, 0.5, frame.shape), 0).astype(np.float32)
        step = {"t0_us": t_us, "length_us": int(length_us)}
        expected = pixel_array_step_ref(config, twin, frame, **step)
        assert np.array_equal(by_pixel(pixel_array_step(config, native, frame, **step)), by_pixel(expected))
        for name, value in vars(twin).items():
            np.testing.assert_array_equal(getattr(native, name), value)
        t_us, count = t_us + int(length_us), count + len(expected)
    assert count > 500


def test_a_rise_of_one_fires_at_every_threshold_on_the_straight_line() -> None:
    frame = np.zeros((1, 1), np.float32)
    state = PixelArrayState(frame.copy(), frame.copy(), np.zeros((1, 1), np.int64), np.ones((1, 1), np.float32))
    config = SimConfig(threshold_on=0.25, refractory_us=0)
    events = pixel_array_step(config, state, np.full((1, 1), 1.1, np.float32), t0_us=5000, length_us=1100)
    assert events["t"].tolist() == [5250, 5500, 5750, 6000]
    assert events["p"].all()
    assert state.reference[0, 0] == 1.0


def test_a_frame_of_another_shape_is_refused() -> None:
    state = new_state(np.random.default_rng(0), np.zeros((4, 4), np.float32), 0.1)
    with pytest.raises(InvalidArgumentError, match="a frame has 20 pixels; the sensor has 16"):
        pixel_array_step(SimConfig(), state, np.zeros((4, 5), np.float32), t0_us=0, length_us=10)
    with pytest.raises(InvalidArgumentError, match="length_us is 0; it must be 1 to 5120 us"):
        pixel_array_step(SimConfig(), state, np.zeros((4, 4), np.float32), t0_us=0, length_us=0)


def test_mismatch_spreads_what_still_fires_together_without_it() -> None:
    def first_times(sigma: float) -> npt.NDArray[np.int64]:
        frame = np.zeros((64, 64), np.float32)
        state = new_state(np.random.default_rng(1), frame, sigma)
        return pixel_array_step(
            SimConfig(threshold_mismatch=sigma), state, frame + np.float32(0.25), t0_us=0, length_us=1000
        )["t"]

    assert np.unique(first_times(0)).tolist() == [800]
    assert first_times(0.03).std() == pytest.approx(24, rel=0.1)
