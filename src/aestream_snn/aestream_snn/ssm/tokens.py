"""Events as tokens, and their times as gaps."""

import numpy as np
import numpy.typing as npt

from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events

Ints = npt.NDArray[np.integer]


def vision_tokens(x: Ints, y: Ints, p: npt.NDArray[np.generic], *, width: int, height: int) -> npt.NDArray[np.int64]:
    """Number events by polarity, column and row: p W H + x H + y, as upstream does since version 0.2.

    Each number is a word of its own, as in models of language (Schöne et al. 2024, arXiv:2404.18508, events as
    asynchronous tokens). Upstream's version 0.1 multiplied x by y, so that most pixels share a number with others.

    Raises:
        InvalidArgumentError: an event lies outside the sensor.
    """
    x, y = np.asarray(x, np.int64), np.asarray(y, np.int64)
    outside = np.flatnonzero((x < 0) | (x >= width) | (y < 0) | (y >= height))
    if outside.size:
        raise InvalidArgumentError(
            f"event {outside[0]} is at ({x[outside[0]]}, {y[outside[0]]}); it must be within {width}x{height}"
        )
    return np.asarray(p).astype(np.int64) * (width * height) + x * height + y


def packet_tokens(
    events: Events, *, width: int, height: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
    """Turn a packet into tokens and times; events outside the sensor are left out.

    Returns:
        (N,) tokens, (N,) times in µs, and the number of events left out.
    """
    array = events.to_numpy()
    inside = (array["x"] < width) & (array["y"] < height)
    lost = int(inside.size - np.count_nonzero(inside))
    array = array[inside] if lost else array
    tokens = vision_tokens(array["x"], array["y"], array["p"], width=width, height=height)
    return tokens, array["t"].astype(np.int64), lost


def gaps_ms(times_us: Ints, *, upstream_time: bool = False) -> npt.NDArray[np.float32]:
    """Give the gap before each event in ms, or after it (`upstream_time`); the first, or last, is 0.

    The recurrence of Schöne et al. 2024 (arXiv:2404.18508) decays the state over the time that passed. Physics has it
    before an event; upstream (event_ssm/dataloading.py) pairs an event with the gap after it, and checkpoints trained
    so need `upstream_time`.

    Raises:
        InvalidArgumentError: times go backwards.
    """
    steps = np.diff(np.asarray(times_us, np.int64))
    if steps.size and steps.min() < 0:
        where = int(np.argmin(steps)) + 1
        raise InvalidArgumentError(f"times_us[{where}] is {-steps.min()} µs before the previous; times must not fall")
    ends = ((0, 1) if upstream_time else (1, 0)) if np.size(times_us) else (0, 0)
    return (np.pad(steps, ends) / 1000.0).astype(np.float32)
