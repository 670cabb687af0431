"""Networks and events that several tests of Speck use."""

from dataclasses import replace

import numpy as np

from aestream_bridge.speck import Destination, Layer, Network, chain
from aestream_bridge.speck.network import Array
from aestream_bridge.speck.spikes import make_spikes

TINY = Layer("tiny", np.ones((2, 1, 1, 1), np.int8), threshold=2)


def integers(rng: np.random.Generator, *shape: int) -> Array:
    """Draw weights of both signs, more of them positive so that deep layers fire."""
    return rng.integers(-40, 90, shape).astype(np.int8)


def branched(seed: int, *, reset: str = "subtract") -> Network:
    """Make a network with stride, padding, pooling, fan-out of two, a merge and a feature shift."""
    rng = np.random.default_rng(seed)
    first = Layer("first", integers(rng, 5, 2, 3, 3), None, 2, 1, 60, -70, reset)
    left = Layer("left", integers(rng, 3, 5, 3, 3), None, 1, 1, 90, None, reset)
    right = Layer("right", integers(rng, 4, 5, 1, 1), None, 1, 0, 80, -30, reset)
    last = Layer("last", integers(rng, 6, 7, 4, 4), None, 1, 0, 100, -100, reset)
    return Network(
        "branched",
        (2, 17, 17),
        (
            last,
            replace(first, destinations=(Destination("left"), Destination("right"))),
            replace(left, destinations=(Destination("last", 2),)),
            replace(right, destinations=(Destination("last", 2, 3),)),
        ),
        inputs=(Destination("first"),),
    )


def two_layers(**changes: object) -> Network:
    """Make a small network that fits, its first layer changed."""
    first = replace(Layer("first", np.ones((4, 2, 3, 3), np.int8), threshold=9, padding=1), **changes)  # type: ignore[arg-type]
    last = Layer("last", np.ones((4, first.features, 1, 1), np.int8), threshold=9)
    return Network("two", (2, 16, 16), chain([first, last]))


def random_events(count: int, *, shape: tuple[int, int, int], seed: int = 0) -> Array:
    """Draw events all over an input."""
    rng = np.random.default_rng(seed)
    channels, height, width = shape
    feature, y, x = (rng.integers(0, side, count) for side in (channels, height, width))
    return make_spikes(np.sort(rng.integers(0, 50 * count, count)), feature, y, x)


def moving_blob(count: int, *, radius: float, spread: float, seed: int = 0) -> Array:
    """Draw events of a blob that circles once around the middle of 128x128 pixels in a second, on ahead of off."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.integers(0, 1_000_000, count))
    ahead = rng.integers(0, 2, count)
    angle = times / 1_000_000 * 2 * np.pi + 0.25 * ahead
    x = np.clip(np.rint(64 + radius * np.cos(angle) + rng.normal(0, spread, count)), 0, 127)
    y = np.clip(np.rint(64 + radius * np.sin(angle) + rng.normal(0, spread, count)), 0, 127)
    return make_spikes(times, ahead, y, x)
