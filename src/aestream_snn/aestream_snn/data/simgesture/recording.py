"""One recording of SimGesture: a class and a seed give the same events every time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aestream_core.config import setting, validate
from aestream_core.motion import MotionShape, simulate_motion
from aestream_core.simulator import SimConfig
from aestream_snn.data.recordings import Words
from aestream_snn.data.simgesture.motions import SIDE_PX, Track, track_of

STEP_US = 2000


@dataclass(frozen=True)
class GestureConfig:
    """What varies from recording to recording, and how much."""

    duration_us: int = setting(1_000_000, "Length of a recording.", unit="us", bounds=(100_000, 10_000_000))
    contrast_low: float = setting(0.4, "Weakest contrast, as log intensity.", bounds=(0.1, 3))
    contrast_high: float = setting(0.8, "Strongest contrast, as log intensity.", bounds=(0.1, 3))
    dark_share: float = setting(
        0.0, "Share of the recordings whose shapes are darker than the background.", bounds=(0, 1)
    )
    noise_high_hz: float = setting(1.0, "Most shot noise of a pixel.", unit="Hz", bounds=(0, 100))
    hot_fraction_high: float = setting(5e-4, "Largest share of hot pixels.", bounds=(0, 0.01))
    flicker_share: float = setting(0.25, "Share of the recordings with a flickering lamp.", bounds=(0, 1))

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)


def simulate_gesture(label: int, seed: tuple[int, ...], config: GestureConfig) -> Words:
    """Simulate one recording.

    Args:
        label: index into `motions.CLASSES`.
        seed: numbers that name the recording; nothing else makes a difference between two of one class.
        config: what varies.

    Returns:
        (N,) words in order of time, times from the recording's start.
    """
    rng = np.random.default_rng(seed)
    steps = config.duration_us // STEP_US
    times_s = np.arange(steps + 1, dtype=np.float64) * (STEP_US * 1e-6)
    shapes, tracks = _body(track_of(label, times_s, rng), config, rng)
    if rng.uniform() < config.flicker_share:
        shapes.append(_box(rng.uniform(1.5, 4), 0.2))
        tracks.append(_lamp(times_s, rng))
    # Rounded, so that machines whose sines differ in the last bit simulate the same.
    poses = np.round(np.stack(tracks, 1) * 1024) / 1024
    events = simulate_motion(_sensor(config, rng), shapes, poses, step_us=STEP_US)
    return events.words().copy()


def _body(track: Track, config: GestureConfig, rng: np.random.Generator) -> tuple[list[MotionShape], list[Track]]:
    """Draw the shapes that move together: a long one, and on most of them a second across its end."""
    contrast = rng.uniform(config.contrast_low, config.contrast_high) * (-1 if rng.uniform() < config.dark_share else 1)
    half_px = rng.uniform(9, 16)
    outline = str(rng.choice(("ellipse", "box", "cross")))
    shapes = [MotionShape(outline, half_px, half_px * rng.uniform(0.25, 0.5), contrast)]
    tracks = [track]
    if rng.uniform() < 0.7:
        shapes.append(MotionShape("ellipse", half_px * 0.3, half_px * 0.3, contrast))
        tracks.append(_attached(track, half_px * rng.uniform(0.7, 1.0)))
    return shapes, tracks


def _attached(track: Track, distance_px: float) -> Track:
    """Follow a body at a distance from its centre, along its first axis."""
    attached = track.copy()
    reach = distance_px * track[:, 3]
    attached[:, 0] += reach * np.cos(2 * np.pi * track[:, 2])
    attached[:, 1] += reach * np.sin(2 * np.pi * track[:, 2])
    return attached


def _box(half_px: float, contrast: float) -> MotionShape:
    return MotionShape("box", half_px, half_px, contrast)


def _lamp(times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Flicker at twice the frequency of the mains, somewhere."""
    lamp = np.ones((len(times_s), 5))
    lamp[:, :2] = rng.uniform(8, SIDE_PX - 8, 2)
    lamp[:, 4] = np.sin(2 * np.pi * (rng.uniform() + rng.choice((100, 120)) * times_s))
    return lamp


def _sensor(config: GestureConfig, rng: np.random.Generator) -> SimConfig:
    return SimConfig(
        width=SIDE_PX,
        height=SIDE_PX,
        seed=int(rng.integers(2**63 - 1)),
        threshold_on=0.3,
        threshold_off=0.3,
        refractory_us=500,
        shot_noise_rate_hz=float(rng.uniform(0.05, config.noise_high_hz)) if config.noise_high_hz > 0.05 else 0.0,
        hot_pixel_fraction=float(rng.uniform(0, config.hot_fraction_high)),
        hot_pixel_rate_hz=float(rng.uniform(60, 400)),
    )
