"""Small .raw recordings, and what the tests of files share."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from evt3_reference import ADDR_X, ADDR_Y, TIME_HIGH, TIME_LOW, header, to_bytes, word

from aestream_core.errors import DamagedRecordingError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.files import open_file


def raw_file(folder: Path, data: bytes, *lines: str, end: bool = True, name: str = "recording.raw") -> Path:
    """Write a .raw file of that data under a header of those lines."""
    path = folder / name
    path.write_bytes(header(*(lines or ("evt 3.0", "geometry 640x480")), end=end) + data)
    return path


def joined(packets: list[Events]) -> npt.NDArray[np.void]:
    """Join packets into one structured array."""
    return np.concatenate([np.empty(0, EVENT_DTYPE), *(packet.to_numpy() for packet in packets)])


def drained(path: Path, **options: Any) -> tuple[list[Events], DamagedRecordingError | None]:
    """Read until the end or the fault; gives what was delivered, and the fault."""
    packets: list[Events] = []
    try:
        packets.extend(open_file(path, **options))
    except DamagedRecordingError as error:
        return packets, error
    return packets, None


def camera_words(count: int, *, start_us: int = 0, step_us: int = 40) -> bytes:
    """Words as a camera sends them: the time repeated before every event."""
    rows = []
    for i in range(count):
        t = start_us + i * step_us
        rows += [word(TIME_HIGH, t >> 12), word(TIME_LOW, t), word(ADDR_Y, i % 480), word(ADDR_X, i % 640)]
    return to_bytes(rows)
