"""The source `sim`: the simulated camera."""

import argparse
import math

from aestream.cli.parser import add_setting_options, given_settings, number
from aestream.cli.sources.base import OpenedSource, SourceRow, add_stream_options
from aestream_core.engine import Progress
from aestream_core.errors import InvalidArgumentError
from aestream_core.simulator import SimConfig, open_simulator

DEFAULT_DURATION_S = 1.0
_EXAMPLES = """examples:
  aestream input sim --scene shapes --rate 1e6 --duration 5 output null
  aestream input sim --duration inf --speed 1 output tensor               until Ctrl-C, in real time
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--duration",
        type=number,
        metavar="S",
        default=DEFAULT_DURATION_S,
        help="sensor time in seconds, inf for until Ctrl-C (default: %(default)g)",
    )
    add_setting_options(parser, SimConfig, skip=("duration_us",))
    add_stream_options(parser)


def _open(args: argparse.Namespace) -> OpenedSource:
    duration_us = _duration_us(args.duration)
    config = SimConfig(**given_settings(args, SimConfig), duration_us=duration_us)
    stream = open_simulator(config, packet_us=args.packet_us, packet_events=args.packet_events, speed=args.speed)

    def fraction(progress: Progress) -> float | None:
        return None if duration_us is None else (progress.last_read_us or 0) / duration_us

    return OpenedSource(stream, f"simulator, scene {config.scene}", fraction)


def _duration_us(duration_s: float) -> int | None:
    if not duration_s >= 1e-6:
        raise InvalidArgumentError(f"duration is {duration_s!r}; it must be 1e-6 s or more, or inf")
    return None if math.isinf(duration_s) else round(duration_s * 1e6)


ROW = SourceRow("the simulated camera; no hardware needed", _EXAMPLES, _add_options, _open)
