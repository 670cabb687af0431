"""EVT3 recordings that tests make for themselves."""

from pathlib import Path

import numpy as np

from aestream_core import Events
from aestream_core.evt3 import encode_evt3


def moving_dots(count: int, *, width: int = 320, height: int = 240, start_us: int = 1_000_000, seed: int = 1) -> Events:
    """Make `count` events over about `count` µs."""
    rng = np.random.default_rng(seed)
    return Events.from_numpy(
        t=start_us + np.sort(rng.integers(0, count, count)),
        x=rng.integers(0, width, count),
        y=rng.integers(0, height, count),
        p=rng.integers(0, 2, count),
        width=width,
        height=height,
    )


def write_evt3(path: Path, events: Events) -> Path:
    """Write a recording with the header that cameras write."""
    header = f"% evt 3.0\n% format EVT3;height={events.height};width={events.width}\n% end\n"
    path.write_bytes(header.encode() + bytes(encode_evt3(events)))
    return path
