"""Recordings written from Python."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from aestream.progress import ProgressBar, fraction_read
from aestream_core.engine import Pipeline
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import WriteCounters, create_file
from aestream_core.streams import Packets


def write(
    path: str | PathLike[str],
    events: Events | Iterable[Events],
    *,
    width: int | None = None,
    height: int | None = None,
    progress: bool = False,
    format: str = "",
    **options: Any,
) -> WriteCounters:
    """Write a recording.

    Args:
        path: the file; its ending names the format. What is there is replaced.
        events: one packet, or packets as they come: a list, a generator, `aestream.stream(...)`, an `Input`.
        width: sensor width in pixels; None for that of the events. With `height`.
        height: sensor height in pixels; None for that of the events. With `width`.
        progress: draw a bar on stderr where that is a terminal.
        format: name of the format, where the ending does not say it or stands for several.
        options: options of the format; `aestream formats` and `aestream.FILE_FORMATS[name].write_options` list them.

    Returns:
        How many events and bytes were written, and which sensor time the file's time 0 stands for where the format
        cannot say it.

    Raises:
        InvalidArgumentError: the file cannot be written or is the one that is read, the format is unknown or only
            read, an argument is not allowed, or there is neither an event nor a sensor's size.
        DamagedRecordingError: the recording that is read is damaged; every event before the fault was written.
    """
    refuse_own_input(getattr(events, "path", ""), fspath(path))
    source = _source_of((events,) if isinstance(events, Events) else events, width, height)
    if width is None or height is None:
        width, height = source.width, source.height
    writer = create_file(path, width=width, height=height, format=format, **options)
    bar = ProgressBar(Path(path).name, report=sys.stderr, prints=False, shown=progress)
    with bar:
        Pipeline(
            source, sinks=[writer], on_progress=lambda now: bar.update(fraction_read(events), now.events_read)
        ).run()
    return writer.counters()


def refuse_own_input(source: str, target: str) -> None:
    """Refuse to write onto the file that is being read, or into the folder of the bag that is.

    Raises:
        InvalidArgumentError: names both paths.
    """
    if source and any(_is_same(source, each) for each in (Path(target), Path(target).parent)):
        raise InvalidArgumentError(f"{target!r} is what is being read ({source!r}); write to another file")


def _is_same(source: str, target: Path) -> bool:
    try:
        return target.samefile(source)
    except OSError:
        return False


@dataclass(frozen=True)
class _Iterated:
    """Packets as they come, of a sensor whose size is known."""

    packets: Iterator[Events]
    width: int
    height: int

    def __iter__(self) -> Iterator[Events]:
        return self.packets

    def close(self) -> None:
        """Leave what is iterated to its owner."""


def _source_of(events: Iterable[Events], width: int | None, height: int | None) -> Packets:
    """Give a stream as it is, other packets with the sensor's size: as asked for, else that of the first packet."""
    if (width is None) != (height is None):
        raise InvalidArgumentError(f"width is {width} and height is {height}; give both or none")
    if isinstance(events, Packets):
        return events
    packets = iter(events)
    if width is not None and height is not None:
        return _Iterated(packets, width, height)
    first = next(packets, None)
    if first is None:
        raise InvalidArgumentError("there are no events to take the sensor's size from; give width and height")
    return _Iterated(chain((first,), packets), first.width, first.height)
