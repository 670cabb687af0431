"""The motions of SimGesture, in pairs: the second of a pair is the first played backwards.

Shapes appear out of the background and vanish into it, so every pixel ends as bright as it began: it sees as many ON
events as OFF events, and how many does not depend on whether the film runs forwards or backwards. The picture of all
events, even by polarity, is therefore the same for both of a pair: whoever sees only that picture is right about the
pair at best, and then in half of all cases.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from aestream_snn.data.mirror import Mirrors, exchange

Track = npt.NDArray[np.float64]
"""(N + 1, 5) poses, fields as in `aestream_core.motion.POSE_FIELDS`."""

SIDE_PX = 128
CENTRE_PX = (SIDE_PX - 1) / 2
HIDDEN_PX = 30
"""Distance from the picture's edge at which no shape can be seen."""


FADE_S = 0.06
"""Time in which shapes appear at the start, and vanish at the end."""


def _track(times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Stand still near the centre, turned at random."""
    track = np.zeros((len(times_s), 5))
    track[:, :2] = CENTRE_PX + rng.uniform(-14, 14, 2)
    track[:, 2] = rng.uniform()
    track[:, 3:] = 1
    return track


def _crossing(times_s: npt.NDArray[np.float64], rng: np.random.Generator, axis: int) -> Track:
    """Cross the picture again and again; out of sight the shape returns to where it came from."""
    track = _track(times_s, rng)
    length_px = SIDE_PX + 2 * HIDDEN_PX
    path_px = rng.uniform(0, length_px) + rng.uniform(100, 220) * times_s
    track[:, axis] = np.mod(path_px, length_px) - HIDDEN_PX
    track[:, 1 - axis] = CENTRE_PX + rng.uniform(-28, 28)
    return track


def right(times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Cross from left to right."""
    return _crossing(times_s, rng, 0)


def down(times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Cross from top to bottom."""
    return _crossing(times_s, rng, 1)


def turn_cw(times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Turn clockwise on the spot."""
    track = _track(times_s, rng)
    track[:, 2] += rng.uniform(0.5, 1.3) * times_s
    return track


def orbit_cw(times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Go round the centre clockwise without turning."""
    track = _track(times_s, rng)
    turns = rng.uniform() + rng.uniform(0.5, 1.1) * times_s
    radius_px = rng.uniform(22, 38)
    track[:, 0] = CENTRE_PX + radius_px * np.cos(2 * np.pi * turns)
    track[:, 1] = CENTRE_PX + radius_px * np.sin(2 * np.pi * turns)
    return track


def approach(times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Come closer, again and again, out of nowhere and into nowhere."""
    track = _track(times_s, rng)
    phase = np.mod(rng.uniform() + rng.uniform(1.1, 2.2) * times_s, 1)
    track[:, 3] = 0.35 * np.exp(phase * np.log(1.7 / 0.35))
    track[:, 4] = np.clip(np.minimum(phase, 1 - phase) / 0.12, 0, 1)
    return track


def strike(times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Go up quickly and come down slowly, again and again."""
    track = _track(times_s, rng)
    phase = np.mod(rng.uniform() + rng.uniform(1.0, 1.8) * times_s, 1)
    quick = rng.uniform(0.15, 0.25)
    height = np.where(phase < quick, phase / quick, (1 - phase) / (1 - quick))
    track[:, 1] = CENTRE_PX + rng.uniform(30, 44) * (0.5 - height)
    return track


Motion = Callable[[npt.NDArray[np.float64], np.random.Generator], Track]

PAIRS: tuple[tuple[Motion, str, str], ...] = (
    (right, "right", "left"),
    (down, "down", "up"),
    (turn_cw, "turn_cw", "turn_ccw"),
    (orbit_cw, "orbit_cw", "orbit_ccw"),
    (approach, "approach", "recede"),
    (strike, "strike", "lift"),
)
"""Motions, the name of each, and that of each played backwards."""

CLASSES: tuple[str, ...] = tuple(name for pair in PAIRS for name in pair[1:])

_TURNS = (("turn_cw", "turn_ccw"), ("orbit_cw", "orbit_ccw"))
MIRRORS = Mirrors(
    x=exchange(CLASSES, ("right", "left"), *_TURNS),
    y=exchange(CLASSES, ("down", "up"), ("strike", "lift"), *_TURNS),
)
"""What each motion is in the mirror."""


def _tremble(times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Draw the unrest of a hand: a pixel or two, a few times a second."""
    unrest = np.zeros((len(times_s), 5))
    for axis in (0, 1):
        turns = rng.uniform() + rng.uniform(2, 6) * times_s
        unrest[:, axis] = rng.uniform(0, 1.5) * np.sin(2 * np.pi * turns)
    return unrest


def track_of(label: int, times_s: npt.NDArray[np.float64], rng: np.random.Generator) -> Track:
    """Draw the track of one class."""
    track = PAIRS[label // 2][0](times_s, rng) + _tremble(times_s, rng)
    track[:, 4] *= np.clip(np.minimum(times_s, times_s[-1] - times_s) / FADE_S, 0, 1)
    return track[::-1] if label % 2 else track
