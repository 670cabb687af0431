"""`aestream view`: a recording as a picture or a video."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aestream.cli.parser import CommandParser, microseconds, number
from aestream.cli.reading import add_read_options, is_pipe, open_as_asked
from aestream.cli.sinks.paths import check_output_path
from aestream.cli.viewing.drawing import resized, time_text, write_label
from aestream.cli.viewing.styles import STYLES
from aestream.cli.viewing.windows import Painted, WindowPainter, measure
from aestream.cli.viewing.writers import WRITERS, PictureWriter, WriterRow
from aestream.progress import ProgressBar, fraction_read
from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.files import FileStream

MOST_PIXELS = 1 << 24
"""Larger sensors are not drawn: a few bytes of a broken header could ask for gigabytes."""

EXAMPLES = """examples:
  aestream view recording.raw                                a sheet of 16 pictures, ./recording.png
  aestream view recording.aedat4 -o recording.mp4 --start +1 --stop +5
  aestream view recording.es -o slow.gif --window-us 1000    each picture shows 1 ms
  aestream view recording.raw -o decay.mp4 --style decay --tau-us 50000
"""


@dataclass(frozen=True)
class Plan:
    """How a recording is drawn.

    Attributes:
        row: kind of file.
        path: file to write.
        window_us: sensor time of one picture in µs.
        fps: pictures a second.
        scale: side of a pixel on the picture.
        most_pictures: where to stop; None for at the end.
    """

    row: WriterRow
    path: Path
    window_us: int
    fps: float
    scale: float
    most_pictures: int | None


def add_parser(subparsers: "argparse._SubParsersAction[CommandParser]") -> None:
    """Add `view` to the commands of `aestream`."""
    description = "Draw a recording: on events blue, off events orange. A .png is a sheet of up to 16 pictures."
    parser = subparsers.add_parser(
        "view", help="draw a recording into a picture or a video", description=description, epilog=EXAMPLES
    )
    parser.add_argument("file", metavar="FILE", help="recording, or the folder of a bag")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="PATH", help=".png, .gif or .mp4 (default: FILE's name .png)"
    )
    parser.add_argument("--style", choices=tuple(STYLES), default="counts", help="what is shown (default: %(default)s)")
    parser.add_argument(
        "--window-us",
        type=microseconds,
        metavar="US",
        help="sensor time of one picture (default: 10000 in a .png, real time in a video, less for short recordings)",
    )
    parser.add_argument(
        "--tau-us",
        type=microseconds,
        metavar="US",
        help="decay: time in which a pixel fades to a third (default: one window)",
    )
    parser.add_argument("--fps", type=number, metavar="N", help="pictures a second of a video (default: 30, .gif: 25)")
    parser.add_argument("--max-seconds", type=number, metavar="S", help="length of a video (default: 60, .gif: 10)")
    parser.add_argument(
        "--scale",
        type=number,
        metavar="X",
        help="size of a pixel (default: enlarges small sensors, and shrinks large ones in a video)",
    )
    add_read_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw a recording; where it is damaged, what lies before the fault.

    Returns:
        Exit status 0; what goes wrong is raised after everything before it was drawn.
    """
    path = args.output or Path(f"{Path(args.file).stem}.png")
    check_output_path(path, kind="a picture", extensions=tuple(WRITERS))
    with open_as_asked(args, args.file) as stream:
        plan = _plan(args, path, stream)
        _draw(args, plan, stream)
    return 0


def _draw(args: argparse.Namespace, plan: Plan, stream: FileStream) -> None:
    style = STYLES[args.style](width=stream.width, height=stream.height, tau_us=args.tau_us or plan.window_us)
    painter = WindowPainter(style, window_us=plan.window_us, empty=plan.row.moves)
    faults: list[AestreamError] = []
    writer = plan.row.make(plan.path, plan.fps)
    pictures = islice(painter.paint(_until_fault(stream, faults)), plan.most_pictures)
    with ProgressBar(plan.path.name, report=sys.stderr, prints=False) as bar:
        count = 0
        for painted in pictures:
            _add(writer, painted, plan)
            count += 1
            bar.update(fraction_read(stream), painter.events)
    if count:
        writer.close()
        sys.stdout.write(f"{_summary(plan, len(writer))}\n")
        sys.stdout.flush()
    if faults:
        raise faults[0]
    if not count:
        raise InvalidArgumentError(f"{args.file!r}: no events, nothing drawn")


def _until_fault(stream: FileStream, faults: list[AestreamError]) -> Iterator[Events]:
    """Give every packet before a fault, and keep the fault for later."""
    try:
        yield from stream
    except AestreamError as fault:
        faults.append(fault)


def _add(writer: PictureWriter, painted: Painted, plan: Plan) -> None:
    picture = resized(painted.pixels, plan.scale)
    label = time_text(painted.since_us, window_us=plan.window_us)
    if plan.row.moves:
        write_label(picture, label)
    writer.add(picture, label=label, start_us=painted.since_us)


def _plan(args: argparse.Namespace, path: Path, stream: FileStream) -> Plan:
    row = WRITERS[path.suffix]
    fps = _above_zero("--fps", args.fps, row.fps, most=1000)
    if path.suffix == ".gif":
        fps = 100 / max(2, round(100 / fps))
    most_s = _above_zero("--max-seconds", args.max_seconds, row.most_s, most=86_400)
    _check_size(stream)
    scale = _above_zero("--scale", args.scale, _scale(row, stream.width, stream.height), most=64)
    window_us = args.window_us or _window_us(args, row, fps)
    most_pictures = max(1, round(most_s * fps)) if row.moves else None
    return Plan(row, path, window_us, fps, scale, most_pictures)


def _window_us(args: argparse.Namespace, row: WriterRow, fps: float) -> int:
    """Choose how much a picture shows: real time, or less where the recording is short, but enough to see."""
    usual_us = row.window_us or round(1e6 / fps)
    if is_pipe(args.file):
        return usual_us
    with open_as_asked(args, args.file) as stream:
        span_us, events = measure(_until_fault(stream, []), usual_us * row.least_pictures)
        pixels = stream.width * stream.height
    short_us = -(-(span_us + 1) // row.least_pictures)
    filled_us = round(row.least_fired * pixels * span_us / max(1, events))
    return max(1, min(usual_us, max(short_us, filled_us)))


def _scale(row: WriterRow, width: int, height: int) -> float:
    side = max(width, height)
    if row.most_side_px is not None and side > row.most_side_px:
        return row.most_side_px / side
    return max(1, row.side_px // side)


def _above_zero(name: str, value: float | None, usual: float, *, most: float) -> float:
    chosen = usual if value is None else value
    if not 0 < chosen <= most:
        raise InvalidArgumentError(f"{name} is {chosen}; it must be above 0 and {most} at most")
    return float(chosen)


def _check_size(stream: FileStream) -> None:
    if stream.width * stream.height > MOST_PIXELS:
        raise InvalidArgumentError(
            f"the sensor has {stream.width}x{stream.height} pixels, too many to draw; --width and --height replace it"
        )


def _summary(plan: Plan, count: int) -> str:
    shown = f"view: {plan.path}, {count:,} pictures of {plan.window_us / 1e3:g} ms"
    if not plan.row.moves:
        return shown
    limit = "; stopped there, --max-seconds says where" if count == plan.most_pictures else ""
    speed = plan.window_us * plan.fps / 1e6
    return f"{shown}, {count / plan.fps:.3g} s at {speed:.3g} times real time{limit}"
