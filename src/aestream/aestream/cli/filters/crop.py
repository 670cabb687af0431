"""The filter `crop`: a part of the sensor."""

import argparse

from aestream.cli.filters.base import Filter, FilterRow
from aestream_core.events import Events

_EXAMPLES = """examples:
  aestream input file in.raw filter crop 320 180 640 360 output file middle.raw
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("x", type=int, metavar="X", help="leftmost column")
    parser.add_argument("y", type=int, metavar="Y", help="topmost row")
    parser.add_argument("width", type=int, metavar="WIDTH", help="columns")
    parser.add_argument("height", type=int, metavar="HEIGHT", help="rows")


def _make(args: argparse.Namespace, width: int, height: int) -> Filter:
    def crop(events: Events) -> Events:
        return events.slice_region(args.x, args.y, args.width, args.height)

    crop(Events.from_numpy(t=[], x=[], y=[], p=[], width=width, height=height))  # Refuses impossible regions at once.
    return crop


ROW = FilterRow(
    "the events in a rectangle; coordinates and the sensor's size stay as they are", _EXAMPLES, _add_options, _make
)
