"""Events as the objects that samna takes, in bulk: columns once, then one object an event and no array access."""

from collections.abc import Callable
from itertools import repeat
from typing import Any

from aestream_bridge.speck.network import Array


def as_objects(spikes: Array, make: Callable[[], Any], *, layer: int, t0_us: int = 0) -> list[Any]:
    """Make an object an event, with attributes layer, feature, y, x and timestamp.

    Args:
        spikes: (N,) of `SPIKE_DTYPE`.
        make: class of the objects, called without arguments.
        layer: core that they go to.
        t0_us: taken off every time; a timestamp has 32 bits, so the rest must lie in 0 to 2^32 - 1.

    Returns:
        The objects, in the order of the events.
    """
    stamps = (spikes["t"] - t0_us) & 0xFFFFFFFF
    columns = zip(
        (make() for _ in repeat(None, len(spikes))),
        spikes["feature"].tolist(),
        spikes["y"].tolist(),
        spikes["x"].tolist(),
        stamps.tolist(),
        strict=True,
    )
    objects: list[Any] = []
    append = objects.append
    for event, feature, y, x, stamp in columns:
        event.layer = layer
        event.feature = feature
        event.y = y
        event.x = x
        event.timestamp = stamp
        append(event)
    return objects
