"""The source `speck`: the event sensor of a Speck chip."""

import argparse
import math

from aestream.cli.parser import number
from aestream.cli.sources.base import OpenedSource, SourceRow
from aestream_core.engine import Progress
from aestream_core.errors import InvalidArgumentError

_EXAMPLES = """examples:
  aestream input speck output file recording.aedat4                     until Ctrl-C
  aestream input speck speck2e --duration 10 output image

Needs samna and a board; 'aestream speck doctor' says whether they are here. Written from samna's documentation, not run
with a board yet.
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chip", nargs="?", default="speck2f", metavar="CHIP", help="speck2f (default) or speck2e")
    parser.add_argument("--serial", default="", metavar="S", help="serial number, where several are connected")
    parser.add_argument(
        "--duration", type=number, metavar="S", default=math.inf, help="sensor time in seconds (default: until Ctrl-C)"
    )


def _open(args: argparse.Namespace) -> OpenedSource:
    from aestream_bridge.speck.config import DEVICE_NAMES
    from aestream_bridge.speck.sensor import SpeckSensor

    chips = [name for name in DEVICE_NAMES if name != "sim"]
    if args.chip not in chips:
        raise InvalidArgumentError(f"chip is {args.chip!r}; a chip with a sensor is one of {', '.join(chips)}")
    if not args.duration >= 1e-6:
        raise InvalidArgumentError(f"duration is {args.duration!r}; it must be 1e-6 s or more, or inf")
    duration_us: float = args.duration * 1e6
    sensor = SpeckSensor(args.chip, serial=args.serial, duration_us=duration_us)

    def fraction(progress: Progress) -> float | None:
        return None if math.isinf(duration_us) else (progress.last_read_us or 0) / duration_us

    return OpenedSource(sensor, sensor.description, fraction)


ROW = SourceRow("the event sensor of a Speck chip, through samna", _EXAMPLES, _add_options, _open)
"""Row of the table of sources."""
