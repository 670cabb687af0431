"""Every filter with settings that make it work on a small stream, and streams to try them on."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core.events import EVENT_DTYPE, Events

WIDTH, HEIGHT = 24, 17

_RNG = np.random.default_rng(5)
_MASK = _RNG.random((HEIGHT, WIDTH)) < 0.5
_MASKS = _RNG.random((2, HEIGHT, WIDTH)) < 0.3
_LOOKUP = _RNG.integers(-40, WIDTH * HEIGHT, (HEIGHT, WIDTH)).astype(np.int32)

CASES: list[tuple[str, dict[str, Any]]] = [
    ("crop", {"x": 3, "y": 2, "columns": 10, "rows": 9}),
    ("roi", {"x": 3, "y": 2, "columns": 10, "rows": 9}),
    ("polarity", {"polarity": "on"}),
    ("polarity", {"polarity": "off"}),
    ("mask", {"path": _MASK}),
    ("mask", {"path": _MASKS, "invert": True}),
    ("downsample", {}),
    ("downsample", {"factor": 5}),
    ("every_nth", {"n": 3}),
    ("transpose", {}),
    ("flip", {}),
    ("flip", {"axis": "vertical"}),
    ("flip", {"axis": "both"}),
    ("rotate", {}),
    ("rotate", {"degrees": "180"}),
    ("rotate", {"degrees": "270"}),
    ("refractory", {"us": 2000}),
    ("background_activity", {"us": 300}),
    ("stcf", {"us": 800}),
    ("stcf", {"us": 1500, "k": 4, "polarity": "any", "self": True}),
    ("trail", {"us": 3000}),
    ("stc", {"us": 3000}),
    ("stc", {"us": 5000, "mode": "keep_trail"}),
    ("hot_pixels", {"rate_hz": 300, "window_us": 20_000, "factor": 1.5}),
    ("hot_pixels", {"rate_hz": 300, "window_us": 20_000, "mask": _MASKS, "learn": False}),
    ("anti_flicker", {"high_hz": 2000, "start": 2, "stop": 1}),
    ("anti_flicker", {"high_hz": 2000, "start": 3, "stop": 2, "block": 8, "mode": "band_pass"}),
    ("event_rate", {"rate_hz": 20_000}),
    ("event_rate", {"rate_hz": 33_333, "window_us": 3000}),
    ("undistort", {"camera_info": _LOOKUP}),
    ("time", {"start_us": 20_000, "stop_us": 60_000}),
    ("time", {"start_us": 10_000, "stop_us": 50_000, "since": "first"}),
    ("count", {"start": 100, "stop": 1500}),
]
IDS = [f"{name}-{at}" for at, (name, _) in enumerate(CASES)]


def random_stream(count: int = 3000, *, seed: int = 0, start_us: int = 0) -> npt.NDArray[np.void]:
    """Make events of 0.1 s all over the sensor, a few of them late, with two busy pixels and one that flickers."""
    rng = np.random.default_rng(seed)
    events = np.empty(count, EVENT_DTYPE)
    events["t"] = start_us + np.sort(rng.integers(0, 100_000, count)) + rng.choice([0, 0, 0, -30], count)
    events["t"] = np.maximum(events["t"], start_us)
    events["x"], events["y"] = rng.integers(0, WIDTH, count), rng.integers(0, HEIGHT, count)
    events["p"] = rng.random(count) < 0.5
    for part, (x, y) in ((0.03, (5, 4)), (0.04, (WIDTH - 1, 0))):
        busy = rng.random(count) < part
        events["x"][busy], events["y"][busy] = x, y
    flicker = rng.random(count) < 0.2
    events["x"][flicker], events["y"][flicker] = 12 + rng.integers(0, 4, flicker.sum()), 8
    events["p"][flicker] = events["t"][flicker] // 1000 % 2 == 0
    return events


def jumping_stream() -> npt.NDArray[np.void]:
    """Make a stream whose clock goes on after an hour and a half, steps back by 2 s, and starts again at 0."""
    pieces = [
        random_stream(700, seed=1, start_us=3_000_000),
        random_stream(700, seed=2, start_us=6_000_000_000),
        random_stream(700, seed=3, start_us=5_998_000_000),
        random_stream(700, seed=4, start_us=0),
    ]
    return np.concatenate(pieces)


def to_packets(events: npt.NDArray[np.void], cuts: list[int], *, width: int, height: int) -> Iterator[Events]:
    """Cut a stream into packets at those places, and where 32 bits no longer hold its times."""
    steps = np.diff(events["t"])
    far = (np.flatnonzero((steps < -1_000_000) | (steps > 10_000_000)) + 1).tolist()
    places = sorted({0, len(events), *far, *(cut for cut in cuts if cut < len(events))})
    for start, stop in pairwise(places):
        yield Events.from_numpy(events[start:stop], width=width, height=height)


def run(apply: Callable[[Events], Events], packets: Iterator[Events]) -> npt.NDArray[np.void]:
    """Filter packets and join what is left."""
    return np.concatenate([apply(packet).to_numpy() for packet in packets])
