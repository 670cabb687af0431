"""The source `camera`: an event camera on USB."""

import argparse
import math
from typing import Any

from aestream.cli.parser import number
from aestream.cli.sources.base import OpenedSource, SourceRow
from aestream_core.engine import Progress
from aestream_core.errors import InvalidArgumentError
from aestream_driver.cameras.names import AUTO, CAMERA_NAMES

_EXAMPLES = """examples:
  aestream input camera output file recording.raw                   until Ctrl-C
  aestream input camera --duration 10 output file recording.aedat4 output image
  aestream input camera --serial 00051234 --set bias_diff_on=20 --set roi=0,0,640,360 output tensor

config/MODEL.yaml and docs/cameras.md list the settings of each model; 'aestream doctor' lists what is connected.
"""


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", choices=(AUTO, *CAMERA_NAMES), default=AUTO, help="model of the camera (default: the one connected)"
    )
    parser.add_argument("--serial", default="", metavar="S", help="serial number, where several are connected")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the model; may be repeated"
    )
    parser.add_argument(
        "--duration", type=number, metavar="S", default=math.inf, help="sensor time in seconds (default: until Ctrl-C)"
    )


def _open(args: argparse.Namespace) -> OpenedSource:
    from aestream.camera_stream import open_camera_stream

    if not args.duration >= 1e-6:
        raise InvalidArgumentError(f"duration is {args.duration!r}; it must be 1e-6 s or more, or inf")
    duration_us: int | None = None if math.isinf(args.duration) else round(args.duration * 1e6)
    settings = dict(_setting(each) for each in args.set)
    stream = open_camera_stream(model=args.model, serial=args.serial, settings=settings, duration_us=duration_us)

    def fraction(progress: Progress) -> float | None:
        if duration_us is None or progress.first_read_us is None or progress.last_read_us is None:
            return None
        return (progress.last_read_us - progress.first_read_us) / duration_us

    return OpenedSource(stream, stream.description, fraction, losses=lambda: _losses(stream.counters()))


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise InvalidArgumentError(f"--set is {text!r}; it must be NAME=VALUE, for example bias_diff_on=20")
    return name, {"true": True, "false": False}.get(value, _value(value))


def _value(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return text


def _losses(counters: dict[str, int]) -> str:
    parts = [f"{count:,} {name.replace('_', ' ')}" for name, count in counters.items() if count]
    return f"lost: {', '.join(parts)}" if parts else ""


ROW = SourceRow("an event camera on USB", _EXAMPLES, _add_options, _open)
