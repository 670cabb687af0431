"""Recordings of a sensor that sees nothing, to mix into others: simulated, or of one's own camera with the lid on."""

import numpy as np

from aestream_core.motion import MotionShape, simulate_motion
from aestream_core.simulator import SimConfig
from aestream_snn.data.augment import AugmentConfig
from aestream_snn.data.frames import FrameConfig
from aestream_snn.data.recordings import PackedRecordings, Recordings, pack

STEP_US = 4000
MIXED_IN = 32
"""Noise recordings that an augmentation draws from."""


def noise_for(
    recordings: Recordings, frames: FrameConfig, augment: AugmentConfig, *, seed: int
) -> PackedRecordings | None:
    """Simulate what `augment` mixes into recordings of this sensor, a second long where no length is set."""
    if augment.noise == 0:
        return None
    sensor = {"width": recordings.width, "height": recordings.height}
    return simulate_noise(MIXED_IN, duration_us=frames.duration_us or 1_000_000, seed=seed, **sensor)


def simulate_noise(
    count: int, *, width: int, height: int, duration_us: int, seed: int, highest_hz: float = 3.0
) -> PackedRecordings:
    """Simulate recordings of shot noise, leak and hot pixels.

    Args:
        count: recordings.
        width: sensor width in pixels.
        height: sensor height in pixels.
        duration_us: length of each.
        seed: of all.
        highest_hz: most shot noise of a pixel.
    """
    still = np.zeros((duration_us // STEP_US + 1, 1, 5), np.float32)
    still[..., 3] = 1
    events = []
    for index in range(count):
        rng = np.random.default_rng((seed, index))
        sensor = SimConfig(
            width=width,
            height=height,
            seed=int(rng.integers(2**63 - 1)),
            shot_noise_rate_hz=float(rng.uniform(0, highest_hz)),
            leak_rate_hz=float(rng.uniform(0, 0.2)),
            hot_pixel_fraction=float(rng.uniform(0, 1e-3)),
            hot_pixel_rate_hz=float(rng.uniform(50, 500)),
        )
        shape = MotionShape(contrast=0.0)
        events.append(simulate_motion(sensor, [shape], still, step_us=STEP_US).words().copy())
    words, offsets = pack(events)
    return PackedRecordings(width, height, ("noise",), np.zeros(count, np.int64), words, offsets)
