"""What a filter of the command is."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aestream_core.events import Events


class Filter(Protocol):
    """Takes a packet and gives what is kept of it; called in the order of the stream. Does not modify its input.

    Attributes:
        width: columns of the sensor of the events that it gives.
        height: rows of it.
    """

    width: int
    height: int

    def __call__(self, events: Events, /) -> Events:
        """Filter a packet."""


@dataclass(frozen=True)
class FilterRow:
    """One row of the table of filters.

    Attributes:
        help: what the filter keeps, in one line.
        examples: command lines for people.
        add_options: gives a parser the filter's arguments.
        make: makes the filter from the parsed arguments and the sensor's width and height in pixels; raises
            AestreamError where it cannot.
    """

    help: str
    examples: str
    add_options: Callable[[argparse.ArgumentParser], None]
    make: Callable[[argparse.Namespace, int, int], Filter]
