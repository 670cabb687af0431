"""What the tests of AEDAT4 share."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from aestream_core.errors import DamagedRecordingError
from aestream_core.events import EVENT_DTYPE, Events
from aestream_core.files import create_file, open_file

START_US = 1_605_537_493_718_345
rng = np.random.default_rng(5)


def some_events(count: int, *, start_us: int = START_US, width: int = 64, height: int = 48) -> npt.NDArray[np.void]:
    """Make events in the order of time, about 10 µs apart."""
    events = np.zeros(count, EVENT_DTYPE)
    events["t"] = start_us + np.sort(rng.integers(0, 10 * count + 1, count))
    events["x"] = rng.integers(0, width, count)
    events["y"] = rng.integers(0, height, count)
    events["p"] = rng.integers(0, 2, count)
    return events


def written(folder: Path, data: bytes) -> Path:
    """Put bytes into a file."""
    path = folder / "recording.aedat4"
    path.write_bytes(data)
    return path


def created(path: Path, *packets: npt.NDArray[np.void], width: int = 64, height: int = 48, **options: object) -> Path:
    """Write packets through the suite's writer."""
    writer = create_file(path, width=width, height=height, **options)
    for packet in packets:
        writer.write(Events.from_numpy(packet, width=width, height=height))
    writer.close()
    return path


def joined(packets: list[Events]) -> npt.NDArray[np.void]:
    """Join packets into one structured array."""
    return np.concatenate([np.empty(0, EVENT_DTYPE), *(packet.to_numpy() for packet in packets)])


def drained(path: Path, **options: object) -> tuple[npt.NDArray[np.void], DamagedRecordingError | None]:
    """Read until the end or the fault; gives what was delivered, and the fault."""
    packets: list[Events] = []
    try:
        for packet in open_file(path, **options):  # type: ignore[arg-type]
            packets.append(packet)
    except DamagedRecordingError as error:
        return joined(packets), error
    return joined(packets), None
