"""Playback in real time: how late each packet of a recording leaves the driver's source, at speed 1.

`python -m bench pacing` plays 10 s of simulated events out of an EVT3 and an AEDAT4 recording.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from aestream_core import SimConfig, create_file, open_simulator
from aestream_driver.config import DriverConfig
from aestream_driver.sources.table import open_source

DURATION_US = 10_000_000


def make_recording(path: Path) -> None:
    """Write 10 s of 1 Mev/s."""
    config = SimConfig(width=640, height=480, rate_hz=1e6, duration_us=DURATION_US, seed=1)
    writer = create_file(path, width=640, height=480)
    for events in open_simulator(config, packet_us=1000):
        writer.write(events)
    writer.close()


def errors_ms(path: Path) -> np.ndarray:
    """Play, and give each packet's time of arrival less the time it was due, in ms; the median packet is on time."""
    due_us, came_s = [], []
    for packet in open_source(DriverConfig(source="file", path=str(path), packet_us=1000)):
        came_s.append(time.perf_counter())
        due_us.append(packet.last_us)
    late_ms = np.array(came_s) * 1e3 - np.array(due_us) / 1e3
    return late_ms - np.median(late_ms)


def main() -> None:
    """Run both."""
    print("\nplayback at speed 1, packets of 1 ms: time of arrival less the time it was due")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("evt3.raw", "events.aedat4"):
            path = Path(folder) / name
            make_recording(path)
            errors = errors_ms(path)
            assert len(errors) > 1000
            p50, p99 = np.percentile(np.abs(errors), (50, 99))
            drift = np.median(errors[-1000:]) - np.median(errors[1000:2000])
            spread = f"|p50| {p50:.3f} ms  |p99| {p99:.3f} ms  largest {np.abs(errors).max():.3f} ms"
            print(f"  {name:<14} {len(errors):6d} packets  {spread}  drift {drift:+.3f} ms")


if __name__ == "__main__":
    main()
