"""The filter `time`: a part of the recording."""

import argparse

from aestream.cli.filters.base import Filter, FilterRow
from aestream.cli.reading import SensorTime, sensor_time
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events

_EXAMPLES = """examples:
  aestream input sim filter time 0.25 0.75 output stdout
  aestream input file in.aedat4 filter time +1 +2 output file second.raw   the second second of the recording
"""


class TimeFilter:
    """Keeps the events with start <= time < stop.

    Attributes:
        width: columns of the sensor.
        height: rows of the sensor.
    """

    def __init__(self, start: SensorTime, stop: SensorTime, *, width: int, height: int) -> None:
        """Prepare; times that count from the first event are known with the first event."""
        self.width, self.height = width, height
        self._start = start
        self._stop = stop
        self._first_us: int | None = None

    def __call__(self, events: Events, /) -> Events:
        """Give the part of a packet."""
        if self._first_us is None:
            if not len(events):
                return events
            self._first_us = events.first_us
        start_us, stop_us = (each.absolute_us(self._first_us) for each in (self._start, self._stop))
        return events.slice_time(start_us, max(start_us, stop_us))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("start", type=sensor_time, metavar="START", help="sensor time in s; +S: from the first event")
    parser.add_argument(
        "stop", type=sensor_time, metavar="STOP", help="sensor time in s before which to stop, likewise"
    )


def _make(args: argparse.Namespace, width: int, height: int) -> Filter:
    start, stop = args.start, args.stop
    if start.since_first == stop.since_first and stop.time_us < start.time_us:
        raise InvalidArgumentError(f"time stops at {stop.time_us} us, which lies before its start, {start.time_us} us")
    return TimeFilter(start, stop, width=width, height=height)


ROW = FilterRow(
    "the events of a part of the time; 'input file' has --start and --stop, which skip faster",
    _EXAMPLES,
    _add_options,
    _make,
)
