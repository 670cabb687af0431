"""Recordings that the tests of the command make themselves."""

from pathlib import Path

import numpy as np
import pytest

from aestream_core.events import Events
from aestream_core.evt3 import encode_evt3

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "recordings"


def some_events(count: int = 20_000, *, span_us: int = 100_000, start_us: int = 0) -> Events:
    """Make events of a 64x48 sensor, in order of time."""
    rng = np.random.default_rng(1)
    return Events.from_numpy(
        t=start_us + np.sort(rng.integers(0, span_us, count)),
        x=rng.integers(0, 64, count),
        y=rng.integers(0, 48, count),
        p=rng.integers(0, 2, count),
        width=64,
        height=48,
    )


def write_evt3(path: Path, events: Events) -> Path:
    """Write an EVT3 recording."""
    header = f"% evt 3.0\n% geometry {events.width}x{events.height}\n% end\n"
    path.write_bytes(header.encode() + bytes(encode_evt3(events)))
    return path


def cut(path: Path, to: Path) -> Path:
    """Copy a recording without its last byte, so that it ends inside a word."""
    to.write_bytes(path.read_bytes()[:-1])
    return to


def real_recording(name: str) -> Path:
    """Find a recording of a real camera, or skip the test."""
    path = RECORDINGS / name
    if not path.is_file():
        pytest.skip(f"no folder of real recordings with {name}")
    return path
