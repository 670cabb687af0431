"""How well filters tell noise from signal: simulated events whose labels are known, one ROC curve a filter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import dv_processing as dv
import numpy as np
import numpy.typing as npt

from aestream_core import Events, SimConfig, open_simulator
from aestream_core.events import EVENT_DTYPE
from aestream_core.filters import make_filter

WIDTH, HEIGHT = 346, 260
SIZE = {"width": WIDTH, "height": HEIGHT}
SECONDS = 0.2
TIMES_US = (100, 300, 1000, 2000, 5000, 10_000, 25_000, 100_000)
NOISE_HZ = (1.0, 5.0, 20.0)

Keys = npt.NDArray[np.int64]
"""(N,): one number an event, unique in its stream."""


@dataclass(frozen=True)
class Labelled:
    """A stream of known labels.

    Attributes:
        events: the stream.
        keys: (N,), one number an event.
        is_signal: (N,) bool.
        store: the same events as dv-processing has them.
    """

    events: Events
    keys: Keys
    is_signal: npt.NDArray[np.bool_]
    store: Any


@dataclass(frozen=True)
class Curve:
    """What a filter keeps as its time constant grows.

    Attributes:
        name: the filter.
        noise_hz: noise events a second and pixel.
        noise_kept: share of the noise that is kept, by time constant.
        signal_kept: share of the signal that is kept, by time constant.
    """

    name: str
    noise_hz: float
    noise_kept: tuple[float, ...]
    signal_kept: tuple[float, ...]

    @property
    def area(self) -> float:
        """Area under the curve, with its ends at (0, 0) and (1, 1)."""
        x, y = np.array([0, *self.noise_kept, 1]), np.array([0, *self.signal_kept, 1])
        order = np.lexsort((y, x))
        return float(np.trapezoid(y[order], x[order]))


def labelled(noise_hz: float, seed: int = 0) -> Labelled:
    """Mix the simulator's shapes, without noise of its own, with random events of both polarities."""
    quiet = {"leak_rate_hz": 0.0, "shot_noise_rate_hz": 0.0, "hot_pixel_fraction": 0.0}
    config = SimConfig(**SIZE, scene="shapes", rate_hz=5e5, seed=seed, duration_us=int(SECONDS * 1e6), **quiet)
    signal = Events.join(list(open_simulator(config)), **SIZE).to_numpy()
    noise = random_events(noise_hz, seed)
    both = np.concatenate([signal, noise])
    is_signal = np.arange(len(both)) < len(signal)
    _, first = np.unique(keys_of(both), return_index=True)  # also in order of time
    array, is_signal = both[first], is_signal[first]
    store = dv.EventStore()
    for t, x, y, p in array.tolist():
        store.push_back(t, x, y, p)
    return Labelled(Events.from_numpy(array, **SIZE), keys_of(array), is_signal, store)


def random_events(rate_hz: float, seed: int) -> npt.NDArray[np.void]:
    """Fire every pixel at random, (N,) of EVENT_DTYPE."""
    rng = np.random.default_rng(seed)
    noise = np.empty(rng.poisson(rate_hz * WIDTH * HEIGHT * SECONDS), EVENT_DTYPE)
    noise["t"] = rng.integers(0, int(SECONDS * 1e6), len(noise))
    noise["x"], noise["y"] = rng.integers(0, WIDTH, len(noise)), rng.integers(0, HEIGHT, len(noise))
    noise["p"] = rng.random(len(noise)) < 0.5
    return noise


def keys_of(array: npt.NDArray[np.void]) -> Keys:
    """Give each event a number: time first, then place."""
    return (array["t"].astype(np.int64) * HEIGHT + array["y"]) * WIDTH + array["x"]


def with_ours(name: str, **how: Any) -> Callable[[Labelled, int], Keys]:
    """Make a candidate of one of our filters."""
    return lambda data, us: keys_of(make_filter(name, **SIZE, us=us, **how).apply(data.events).to_numpy())


def with_dv(make: Callable[[int], Any]) -> Callable[[Labelled, int], Keys]:
    """Make a candidate of one of dv-processing's."""

    def run(data: Labelled, us: int) -> Keys:
        keep = make(us)
        keep.accept(data.store)
        kept = keep.generateEvents().numpy()
        return (kept["timestamp"].astype(np.int64) * HEIGHT + kept["y"]) * WIDTH + kept["x"]

    return run


def with_denoise_rule(data: Labelled, us: int) -> Keys:
    """Keep what one of the four neighbours supports: the rule of tonic's Denoise, written anew."""
    fired = np.full((HEIGHT + 2, WIDTH + 2), -(10**9)).tolist()
    kept = []
    for at, (t, x, y, _) in enumerate(data.events.to_numpy().tolist()):
        fired[y + 1][x + 1] = t
        least = t - us
        if (
            fired[y][x + 1] > least
            or fired[y + 2][x + 1] > least
            or fired[y + 1][x] > least
            or fired[y + 1][x + 2] > least
        ):
            kept.append(at)
    return data.keys[kept]


CANDIDATES: dict[str, Callable[[Labelled, int], Keys]] = {
    "background_activity": with_ours("background_activity"),
    "stcf, k = 1": with_ours("stcf", k=1),
    "stcf, k = 2": with_ours("stcf", k=2),
    "stcf, k = 3": with_ours("stcf", k=3),
    "stcf, k = 2, any polarity": with_ours("stcf", k=2, polarity="any"),
    "dv-processing BackgroundActivityNoiseFilter": with_dv(
        lambda us: dv.noise.BackgroundActivityNoiseFilter((WIDTH, HEIGHT), timedelta(microseconds=us))
    ),
    "dv-processing FastDecayNoiseFilter": with_dv(
        lambda us: dv.noise.FastDecayNoiseFilter((WIDTH, HEIGHT), timedelta(microseconds=us))
    ),
    "tonic's Denoise, the rule": with_denoise_rule,
}


def score(rates_hz: Iterable[float] = NOISE_HZ) -> list[Curve]:
    """Draw every candidate's curve at every rate of noise."""
    return [
        curve_of(name, run, data, rate_hz)
        for rate_hz in rates_hz
        for data in (labelled(rate_hz),)
        for name, run in CANDIDATES.items()
    ]


def curve_of(name: str, run: Callable[[Labelled, int], Keys], data: Labelled, noise_hz: float) -> Curve:
    """Draw one curve."""
    kept = [np.isin(data.keys, run(data, us)) for us in TIMES_US]
    return Curve(
        name,
        noise_hz,
        tuple(float(each[~data.is_signal].mean()) for each in kept),
        tuple(float(each[data.is_signal].mean()) for each in kept),
    )
