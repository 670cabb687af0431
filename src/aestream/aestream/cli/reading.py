"""The options of whatever reads a recording, and the recording opened as they say."""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from aestream.cli.format_options import add_format_options, given_format_options
from aestream.cli.parser import positive_count
from aestream_core.errors import InvalidArgumentError
from aestream_core.files import FILE_FORMATS, FileStream, open_file


@dataclass(frozen=True)
class SensorTime:
    """A time as the user wrote it.

    Attributes:
        time_us: in µs.
        since_first: whether it counts from the first event, rather than from 0 of the sensor's clock.
    """

    time_us: int
    since_first: bool

    def absolute_us(self, first_us: int) -> int:
        """Give the sensor time in µs; `first_us` is that of the first event."""
        return self.time_us + first_us if self.since_first else self.time_us


def sensor_time(text: str) -> SensorTime:
    """Read seconds such as 1.25, or +0.5 for half a second after the first event, for argparse. Exact to the µs."""
    try:
        time_us = Decimal(text) * 1_000_000
        if time_us < 0 or time_us >= 1 << 63:
            raise InvalidOperation
    except InvalidOperation:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a time in seconds, 0 or more; +S counts from the first event"
        ) from None
    return SensorTime(int(time_us.to_integral_value()), text.strip().startswith("+"))


def add_read_options(parser: argparse.ArgumentParser, *, beside: tuple[str, ...] = ()) -> None:
    """Give a parser the options of reading: those of every format, and those that only some have.

    Args:
        parser: what gets them.
        beside: names that --format may be beside those of the formats of recordings.
    """
    parser.add_argument(
        "--format", choices=(*FILE_FORMATS, *beside), metavar="NAME", help="the format, where the file does not tell it"
    )
    parser.add_argument(
        "--start", type=sensor_time, metavar="S", help="sensor time in s; +S counts from the first event"
    )
    parser.add_argument("--stop", type=sensor_time, metavar="S", help="sensor time in s before which to stop, likewise")
    parser.add_argument("--width", type=positive_count, metavar="PIXELS", help="sensor width, in place of the header's")
    parser.add_argument(
        "--height", type=positive_count, metavar="PIXELS", help="sensor height, in place of the header's"
    )
    parser.add_argument(
        "--skip-errors", action="store_true", help="leave out what is damaged and go on behind it where possible"
    )
    parser.add_argument(
        "--threads", type=positive_count, metavar="N", default=1, help="cores to decode on (default: %(default)d)"
    )
    add_format_options(parser, "read_options", title="options of reading that only some formats have")


def is_pipe(path: str) -> bool:
    """Say whether a recording comes out of a pipe, so that it can be opened only once."""
    return Path(path).is_fifo()


def open_as_asked(args: argparse.Namespace, path: str, *, extras: Iterable[str] = (), **packets: Any) -> FileStream:
    """Open a recording as the parsed options say.

    Args:
        args: what a parser with `add_read_options` gave.
        path: the recording.
        extras: what to collect beside events.
        packets: packet_us, packet_events, speed.

    Raises:
        AestreamError: the recording cannot be opened, or an option is not one of its format; the message says why.
    """
    how = {
        "format": args.format or "",
        "width": args.width,
        "height": args.height,
        "skip_errors": args.skip_errors,
        "threads": args.threads,
        **given_format_options(args),
    }
    start_us, stop_us = _range(args, path, how)
    return open_file(path, start_us=start_us, stop_us=stop_us, extras=tuple(extras), **how, **packets)


def _range(args: argparse.Namespace, path: str, how: dict[str, Any]) -> tuple[int, int | None]:
    asked = [each for each in (args.start, args.stop) if each is not None]
    first_us = _first_us(path, how) if any(each.since_first for each in asked) else 0
    start_us = 0 if args.start is None else args.start.absolute_us(first_us)
    stop_us = None if args.stop is None else args.stop.absolute_us(first_us)
    if stop_us is not None and stop_us < start_us:
        raise InvalidArgumentError(
            f"--stop is {stop_us / 1e6:.6f} s, which lies before --start, {start_us / 1e6:.6f} s"
        )
    return start_us, stop_us


def _first_us(path: str, how: dict[str, Any]) -> int:
    if is_pipe(path):
        raise InvalidArgumentError(f"{path!r} is a pipe, which is read only once; give --start and --stop without +")
    with open_file(path, **how) as stream:
        return next((events.first_us for events in stream if len(events)), 0)
