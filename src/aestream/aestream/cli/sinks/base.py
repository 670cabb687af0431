"""What a sink of the command is."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aestream_core.events import Events


class Sink(Protocol):
    """Takes packets.

    One with a method `open_native() -> _core.Sink | None`, called for the first packet, may have packets go straight
    to a native sink; `close` then closes that.

    Attributes:
        name: name in the table of sinks.
        prints: whether it writes to stdout.
    """

    name: str
    prints: bool

    def write(self, events: Events) -> None:
        """Take one packet."""

    def close(self) -> str:
        """Complete what was begun; give one line for people that says what was written, or nothing."""


@dataclass(frozen=True)
class SinkRow:
    """One row of the table of sinks.

    Attributes:
        help: what the sink does, in one line.
        examples: command lines for people.
        add_options: gives a parser the sink's options.
        make: makes the sink from the parsed options and the sensor's width and height in pixels; raises AestreamError
            where it cannot.
    """

    help: str
    examples: str
    add_options: Callable[[argparse.ArgumentParser], None]
    make: Callable[[argparse.Namespace, int, int], Sink]
