"""Packets as CSV lines in memory, for what is no file: pipes, sockets, messages. Files: `aestream_core.files`."""

from collections.abc import Iterator

from aestream_core import _core
from aestream_core.events import Events

BLOCK_EVENTS = 1 << 16
"""Bounds the memory that one long packet takes; small enough for the processor's cache."""


def format_csv(events: Events) -> Iterator[bytes]:
    """Write events as lines `t,x,y,p`: t in µs of sensor time, p 1 for brighter and 0 for darker; no header.

    The interpreter lock is free meanwhile.

    Yields:
        Whole lines, of at most `BLOCK_EVENTS` events at once.
    """
    for begin in range(0, len(events), BLOCK_EVENTS):
        yield _core.csv_lines(events._packet.view(begin, min(begin + BLOCK_EVENTS, len(events))))


def format_csv_ref(events: Events) -> bytes:
    """Write the same lines slowly; what `format_csv` must equal."""
    array = events.to_numpy()
    return "".join(f"{t},{x},{y},{int(p)}\n" for t, x, y, p in array.tolist()).encode()
