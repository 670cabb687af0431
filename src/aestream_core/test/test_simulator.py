"""The simulator: its rate, its pixels, its noise and its repeatability."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import EVENT_DTYPE
from aestream_core.simulator import SCENES, SimConfig, open_simulator

QUIET = {"leak_rate_hz": 0.0, "shot_noise_rate_hz": 0.0, "hot_pixel_fraction": 0.0}
# So little motion on so large a sensor that nearly all events are noise.
STILL = {"width": 320, "height": 240, "scene": "bar", "duration_us": 2_000_000, **QUIET}
STILL_RATE_HZ = 1e3


def events_of(config: SimConfig, **slicing: Any) -> npt.NDArray[np.void]:
    return np.concatenate([np.empty(0, EVENT_DTYPE), *(p.to_numpy() for p in open_simulator(config, **slicing))])


def gaps_us(events: npt.NDArray[np.void], width: int) -> npt.NDArray[np.int64]:
    """Time between consecutive events of each pixel, (M,) µs."""
    pixel = events["y"].astype(np.int64) * width + events["x"]
    order = np.argsort(pixel, kind="stable")
    same = np.diff(pixel[order]) == 0
    return np.diff(events["t"][order])[same]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(("width", "height", "rate_hz"), [(346, 260, 5e6), (640, 480, 3e5), (1280, 720, 1e7)])
def test_mean_rate_over_a_second_is_within_5_percent(scene: str, width: int, height: int, rate_hz: float) -> None:
    config = SimConfig(width=width, height=height, scene=scene, rate_hz=rate_hz, duration_us=1_000_000)
    count = sum(len(packet) for packet in open_simulator(config))
    assert count == pytest.approx(rate_hz, rel=0.05)


def test_rate_reaches_50_million_events_a_second() -> None:
    config = SimConfig(rate_hz=50e6, duration_us=200_000)
    assert sum(len(packet) for packet in open_simulator(config)) == pytest.approx(10e6, rel=0.05)


@pytest.mark.parametrize("scene", SCENES)
def test_same_seed_gives_same_events_and_another_seed_others(scene: str) -> None:
    config = SimConfig(width=200, height=100, scene=scene, rate_hz=1e6, seed=7, duration_us=50_000)
    first = events_of(config)
    assert np.array_equal(first, events_of(config))
    assert not np.array_equal(first, events_of(replace(config, seed=8)))


def test_events_are_the_same_bits_on_every_machine() -> None:
    events = events_of(SimConfig(width=100, height=80, scene="shapes", rate_hz=1e6, duration_us=100_000))
    columns = b"".join(events[name].tobytes() for name in "txyp")
    assert hashlib.sha256(columns).hexdigest()[:16] == "2ec6c4813e414b30"


def test_events_do_not_depend_on_how_the_stream_is_cut() -> None:
    config = SimConfig(width=200, height=100, rate_hz=2e6, duration_us=40_000)
    whole = events_of(config)
    assert np.array_equal(whole, events_of(config, packet_us=333))
    assert np.array_equal(whole, events_of(config, packet_events=1000, packet_us=5000))


def test_a_shorter_duration_is_a_prefix() -> None:
    config = SimConfig(width=200, height=100, rate_hz=2e6, duration_us=40_000, **QUIET)
    whole = events_of(config)
    short = events_of(replace(config, duration_us=20_000))
    settled = short[short["t"] < 17_000]  # the last step is cut short, so its straight lines differ
    assert np.array_equal(settled, whole[: len(settled)])


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize(("width", "height"), [(16, 16), (17, 33), (347, 61), (64, 720)])
def test_events_are_in_order_of_time_on_the_sensor_and_before_the_end(scene: str, width: int, height: int) -> None:
    config = SimConfig(width=width, height=height, scene=scene, rate_hz=2e5, duration_us=30_001, seed=3)
    events = events_of(config)
    assert len(events) > 1000
    assert np.all(np.diff(events["t"]) >= 0)
    assert events["t"][0] >= 0
    assert events["t"][-1] <= 30_000
    assert events["x"].max() < width
    assert events["y"].max() < height
    assert 0.2 < events["p"].mean() < 0.8


def test_stream_without_duration_goes_on_until_closed() -> None:
    stream = open_simulator(SimConfig(width=64, height=64, rate_hz=1e5), packet_us=1000)
    packets = [next(stream) for _ in range(100)]
    assert packets[-1].last_us >= 99_000
    stream.close()
    assert next(stream, None) is None


@pytest.mark.parametrize("refractory_us", [1, 50, 3000])
def test_no_pixel_fires_within_its_refractory_time(refractory_us: int) -> None:
    noise = {"leak_rate_hz": 10.0, "shot_noise_rate_hz": 100.0, "hot_pixel_fraction": 0.01, "hot_pixel_rate_hz": 1e4}
    config = SimConfig(
        width=120, height=90, rate_hz=2.5e6, duration_us=200_000, refractory_us=refractory_us, threshold_on=0.1, **noise
    )
    gaps = gaps_us(events_of(config), 120)
    assert gaps.min() >= refractory_us
    assert gaps.min() <= refractory_us * 1.1 + 1


@pytest.mark.parametrize(("rate_hz", "seconds"), [(0.1, 2), (2.0, 2), (10.0, 2)])
def test_leak_makes_on_events_at_its_rate(rate_hz: float, seconds: int) -> None:
    noise_hz = rate_hz * 320 * 240
    events = events_of(SimConfig(**(STILL | {"leak_rate_hz": rate_hz}), rate_hz=noise_hz + STILL_RATE_HZ))
    in_corner = (events["x"] < 40) & (events["y"] < 240)  # the bar does not reach so far
    assert in_corner.sum() == pytest.approx(rate_hz * 40 * 240 * seconds, rel=0.05)
    assert events["p"][in_corner].all()
    assert np.histogram(events["t"][in_corner], 4, (0, 2e6))[0] == pytest.approx(in_corner.sum() / 4, rel=0.15)


def test_shot_noise_comes_at_its_rate_in_both_polarities_at_random_times() -> None:
    noise_hz = 5.0 * 320 * 240
    events = events_of(SimConfig(**(STILL | {"shot_noise_rate_hz": 5.0}), rate_hz=noise_hz + STILL_RATE_HZ))
    corner = events[events["x"] < 40]
    expected = 5.0 * 40 * 240 * 2
    assert len(corner) == pytest.approx(expected, rel=0.03)
    assert corner["p"].mean() == pytest.approx(0.5, abs=0.01)
    counts = np.histogram(corner["t"], 1000, (0, 2e6))[0]
    assert counts.var() / counts.mean() == pytest.approx(1, abs=0.2)


def test_hot_pixels_are_hot_and_as_many_as_asked() -> None:
    change = {"hot_pixel_fraction": 1e-3, "hot_pixel_rate_hz": 200.0}
    events = events_of(SimConfig(**(STILL | change), rate_hz=77 * 200 + STILL_RATE_HZ))
    counts = np.zeros((240, 320), np.int64)
    np.add.at(counts, (events["y"], events["x"]), 1)
    hot = counts[counts > 250]
    assert len(hot) == 77
    assert hot.mean() == pytest.approx(400, rel=0.05)


def test_simulated_thresholds_deviate_by_the_requested_mismatch() -> None:
    # Leak drains every pixel equally fast, so a pixel's period is its threshold: 0.1 s times its factor.
    config = SimConfig(**(STILL | {"leak_rate_hz": 10.0, "threshold_mismatch": 0.1}), rate_hz=7.8e5)
    events = events_of(config)
    pixel = events["y"].astype(np.int64) * 320 + events["x"]
    periods = [np.diff(events["t"][pixel == each]).mean() for each in range(0, 240 * 320, 320 * 3)]
    assert np.mean(periods) == pytest.approx(1e5, rel=0.05)
    assert np.std(periods) == pytest.approx(1e4, rel=0.3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 15}, "width is 15; it must be 16 to 1280 px"),
        ({"width": 1281}, "width is 1281; it must be 16 to 1280 px"),
        ({"height": 721}, "height is 721; it must be 16 to 720 px"),
        ({"scene": "cat"}, "scene is 'cat'; it must be one of bar, digits, disc, grating, shapes"),
        ({"rate_hz": 10}, "rate_hz is 10; it must be 1000 to 1000000000 Hz"),
        ({"rate_hz": float("nan")}, "rate_hz is nan"),
        ({"seed": -1}, "seed is -1"),
        ({"duration_us": 0}, "duration_us is 0"),
        ({"threshold_on": 0.0}, "threshold_on is 0.0; it must be 0.01 to 10"),
        ({"threshold_off": -1.0}, "threshold_off is -1.0; it must be 0.01 to 10"),
        ({"threshold_mismatch": 0.6}, "threshold_mismatch is 0.6; it must be 0 to 0.5"),
        ({"refractory_us": -1}, "refractory_us is -1; it must be 0 to 100000 us"),
        ({"leak_rate_hz": 11.0}, "leak_rate_hz is 11.0; it must be 0 to 10 Hz"),
        ({"shot_noise_rate_hz": 101.0}, "shot_noise_rate_hz is 101.0; it must be 0 to 100 Hz"),
        ({"hot_pixel_fraction": 0.1}, "hot_pixel_fraction is 0.1; it must be 0 to 0.01"),
        ({"hot_pixel_rate_hz": 1e5}, "hot_pixel_rate_hz is 100000.0; it must be 0 to 10000 Hz"),
    ],
)
def test_an_invalid_field_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        SimConfig(**change)


def test_a_rate_below_the_noise_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="rate_hz is 10000; leak, shot noise and hot pixels alone make 6"):
        open_simulator(SimConfig(rate_hz=1e4))


def test_a_rate_that_the_refractory_time_forbids_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="refractory_us 10000 makes at most"):
        open_simulator(SimConfig(rate_hz=1e8, refractory_us=10_000))


def test_impossible_packet_sizes_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="packet_us is 0"):
        open_simulator(SimConfig(), packet_us=0)
