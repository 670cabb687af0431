"""Small recordings, and what the tests of files share."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from evt3_reference import ADDR_X, ADDR_Y, TIME_HIGH, TIME_LOW, header, to_bytes, word

from aestream_core.errors import DamagedRecordingError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.files import create_file, open_file


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


def rows_of(packets: list[Events]) -> list[tuple[int, ...]]:
    """List the events of packets as tuples of t, x, y, p."""
    return [tuple(int(value) for value in row) for packet in packets for row in packet.to_numpy()]


def packets_of(rows: list[tuple[int, int, int, int]], *, width: int = 2048, height: int = 2048) -> list[Events]:
    """Make packets of events, as many as their times need."""
    packets = []
    while rows:
        base = rows[0][0]
        count = next((i for i, row in enumerate(rows) if not -(1 << 20) <= row[0] - base < 1 << 31), len(rows))
        t, x, y, p = (np.array(column) for column in zip(*rows[:count], strict=True))
        packets.append(Events.from_numpy(t=t, x=x, y=y, p=p, width=width, height=height))
        rows = rows[count:]
    return packets


def written(path: Path, packets: list[Events], *, format: str, size: int = 2048, **options: str) -> Path:
    """Write packets to a file."""
    writer = create_file(path, width=size, height=size, format=format, **options)
    try:
        for packet in packets:
            writer.write(packet)
    finally:
        writer.close()
    return path
