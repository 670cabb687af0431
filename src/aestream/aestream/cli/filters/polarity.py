"""The filter `polarity`: brighter or darker."""

import argparse

from aestream.cli.filters.base import Filter, FilterRow

_EXAMPLES = """examples:
  aestream input file in.raw filter polarity on output file brighter.raw
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("polarity", choices=("on", "off"), help="on: brighter, off: darker")


def _make(args: argparse.Namespace, width: int, height: int) -> Filter:
    on = args.polarity == "on"
    return lambda events: events.select_polarity(on)


ROW = FilterRow("the events of one polarity", _EXAMPLES, _add_options, _make)
