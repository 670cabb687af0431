"""Filters do what they are for: lamps go, bars stay, exactly the hot pixels are found, noise is told from signal."""

import numpy as np
import numpy.typing as npt
import pytest

from aestream_core import Events, SimConfig, open_simulator
from aestream_core.events import EVENT_DTYPE
from aestream_core.filters import make_filter

SIDE = 64
SIZE = {"width": SIDE, "height": SIDE}
SECONDS = 3


def lamp(*, flicker_hz: float, seed: int = 0) -> npt.NDArray[np.void]:
    """Simulate DVS pixels under a lamp whose light is sin^2, with jitter and a few noise events.

    Each pixel fires as log intensity moves by its threshold, as the simulator's do.
    """
    rng = np.random.default_rng(seed)
    times_us = np.arange(0, SECONDS * 1_000_000, 100)
    light = np.log(0.2 + np.sin(np.pi * flicker_hz * times_us / 1e6) ** 2)
    ys, xs = np.mgrid[20:32, 20:32].reshape(2, -1)
    parts = [pixel_events(times_us, light, 0.3 * rng.normal(1, 0.05), x, y, rng) for x, y in zip(xs, ys, strict=True)]
    noise = np.empty(400, EVENT_DTYPE)
    noise["t"], noise["p"] = rng.integers(0, SECONDS * 1_000_000, 400), rng.random(400) < 0.5
    noise["x"], noise["y"] = rng.integers(20, 32, (2, 400))
    return in_order([*parts, noise])


def pixel_events(
    times_us: npt.NDArray[np.int64],
    light: npt.NDArray[np.float64],
    threshold: float,
    x: int,
    y: int,
    rng: np.random.Generator,
) -> npt.NDArray[np.void]:
    """Fire where the light crosses multiples of the threshold."""
    levels = np.floor(light / threshold).astype(int)
    steps = np.diff(levels)
    at = np.repeat(np.flatnonzero(steps), np.abs(steps[steps != 0]))
    events = np.empty(len(at), EVENT_DTYPE)
    events["t"] = times_us[at] + rng.integers(0, 200, len(at))
    events["x"], events["y"], events["p"] = x, y, steps[at] > 0
    return events


def in_order(parts: list[npt.NDArray[np.void]]) -> npt.NDArray[np.void]:
    events = np.concatenate(parts)
    return events[np.argsort(events["t"], kind="stable")]


def share_kept(name: str, array: npt.NDArray[np.void], **how: object) -> float:
    events = Events.from_numpy(array, **SIZE)
    return len(make_filter(name, **SIZE, **how).apply(events)) / len(events)


def bar(rate_hz: float) -> npt.NDArray[np.void]:
    config = SimConfig(**SIZE, scene="bar", rate_hz=rate_hz, duration_us=1_000_000)
    return Events.join(list(open_simulator(config)), **SIZE).to_numpy()


@pytest.mark.parametrize("flicker_hz", [100, 120])
def test_over_95_percent_of_a_lamp_goes(flicker_hz: float) -> None:
    assert share_kept("anti_flicker", lamp(flicker_hz=flicker_hz)) < 0.05


@pytest.mark.parametrize("rate_hz", [1e5, 1e6])
def test_over_90_percent_of_a_moving_bar_stays(rate_hz: float) -> None:
    assert share_kept("anti_flicker", bar(rate_hz)) > 0.9


def test_a_lamp_goes_and_a_bar_stays_in_one_picture() -> None:
    light, moving = lamp(flicker_hz=100), bar(1e5)
    moving = moving[~under_lamp(moving)]
    both = in_order([light, moving])
    kept = make_filter("anti_flicker", **SIZE).apply(Events.from_numpy(both, **SIZE)).to_numpy()
    assert under_lamp(kept).sum() < 0.05 * len(light)
    assert (~under_lamp(kept)).sum() > 0.9 * len(moving)


def under_lamp(array: npt.NDArray[np.void]) -> npt.NDArray[np.bool_]:
    return np.asarray((array["x"] >= 20) & (array["x"] < 32) & (array["y"] >= 20) & (array["y"] < 32))


def test_the_band_decides_and_band_pass_is_the_rest() -> None:
    array = lamp(flicker_hz=100)
    stopped, passed = share_kept("anti_flicker", array), share_kept("anti_flicker", array, mode="band_pass")
    assert stopped + passed == pytest.approx(1)
    assert share_kept("anti_flicker", array, low_hz=200) > 0.99


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("scene", ["bar", "shapes", "digits"])
def test_every_simulated_hot_pixel_is_found_and_no_other(scene: str, seed: int) -> None:
    """Hot pixels of the simulator fire 500 ON events a second: they are known from a scene that is hardly moving."""
    pixels = {"width": 320, "height": 240, "seed": seed, "hot_pixel_fraction": 2e-4}
    truth = hot_of_a_still_scene(**pixels)
    config = SimConfig(scene=scene, rate_hz=1e6, duration_us=1_050_000, **pixels)
    learning = make_filter("hot_pixels", width=320, height=240)
    for packet in open_simulator(config):
        learning.apply(packet)
    found = learning.learnt_mask()
    assert truth.sum() == round(2e-4 * 320 * 240)
    assert np.array_equal(found[1], truth)
    assert not found[0].any()


def hot_of_a_still_scene(**pixels: float) -> npt.NDArray[np.bool_]:
    """Find the hot pixels without a filter: where nothing else fires as often."""
    counts = np.zeros((240, 320), int)
    config = SimConfig(scene="bar", rate_hz=5e4, duration_us=500_000, **pixels)
    for packet in open_simulator(config):
        array = packet.to_numpy()
        np.add.at(counts, (array["y"][array["p"]], array["x"][array["p"]]), 1)
    return counts > 150


@pytest.mark.parametrize(
    ("name", "how", "least_kept", "most_noise"),
    [
        ("background_activity", {"us": 2000}, 0.95, 0.05),
        ("stcf", {"us": 5000, "k": 2}, 0.9, 0.05),
    ],
)
def test_noise_goes_and_signal_stays(name: str, how: dict[str, float], least_kept: float, most_noise: float) -> None:
    signal, rng = bar(1e5), np.random.default_rng(3)
    noise = np.empty(SIDE * SIDE * 2, EVENT_DTYPE)
    noise["t"], noise["p"] = rng.integers(0, 1_000_000, len(noise)), rng.random(len(noise)) < 0.5
    noise["x"], noise["y"] = rng.integers(0, SIDE, (2, len(noise)))
    assert share_kept(name, np.sort(noise, order="t"), **how) < most_noise
    assert share_kept(name, signal, **how) > least_kept
