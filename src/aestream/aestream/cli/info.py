"""`aestream info`: what is in recordings."""

import argparse
import json
import sys
from collections.abc import Iterable

from aestream.cli.failure import print_error
from aestream.cli.parser import CommandParser
from aestream.cli.rate_plot import plot_rates, rate_text
from aestream.cli.reading import add_read_options, open_as_asked
from aestream.cli.recording_stats import SHOWN_GAPS, SHOWN_HOT_PIXELS, RecordingStats, as_json, collect_stats
from aestream_core.errors import AestreamError
from aestream_core.files import EXTRAS

EXAMPLES = """examples:
  aestream info recording.raw
  aestream info recording.aedat4 --start +1 --stop +2          the second second
  aestream info *.aedat4 --json | jq .mean_rate_hz

Each recording is read to its end. The exit status is 1 where one cannot be read or is damaged.

hot pixels  more events than the median pixel and 10 standard deviations (estimated by the median absolute deviation),
            and more than 5 times as many as the second busiest neighbour
gaps        no event for 100 ms, and for 20 mean intervals
clock       events whose time lies before that of the event in front of them
"""


def add_parser(subparsers: "argparse._SubParsersAction[CommandParser]") -> None:
    """Add `info` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "info", help="say what is in recordings", description="Say what is in recordings.", epilog=EXAMPLES
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="recording, or the folder of a bag")
    parser.add_argument("--json", action="store_true", help="one JSON object per recording and line")
    add_read_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Describe every recording; go on with the next where one cannot be read.

    Returns:
        Exit status: 0, or 1 where a recording could not be read or is damaged.
    """
    failed = False
    for at, path in enumerate(args.files):
        try:
            stats = collect_stats(path, stream=open_as_asked(args, path, extras=EXTRAS))
        except AestreamError as error:
            print_error(error)
            failed = True
            continue
        _write(stats, as_lines=not args.json, first=at == 0)
        if stats.damage is not None:
            print_error(stats.damage)
            failed = True
    return int(failed)


def describe(stats: RecordingStats) -> list[str]:
    """Describe a recording in lines for people."""
    rows = [(name, text) for name, text in _rows(stats) if text]
    width = max(len(name) for name, _ in rows)
    indented = [(name, text.replace("\n", "\n" + " " * (width + 4))) for name, text in rows]
    lines = [stats.path, *(f"  {name:{width}}  {text}" for name, text in indented)]
    return lines + [f"  {line}" for line in plot_rates(stats.rates_hz().tolist(), bin_us=stats.survey.bin_us)]


def _write(stats: RecordingStats, *, as_lines: bool, first: bool) -> None:
    lines = describe(stats) if as_lines else [json.dumps(as_json(stats))]
    if as_lines and not first:
        lines = ["", *lines]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def _rows(stats: RecordingStats) -> list[tuple[str, str]]:
    info = stats.info
    assumed = " (assumed: the file does not say; --width and --height replace it)" if info.sensor_assumed else ""
    return [
        ("format", f"{info.format}: {stats.description}" if stats.description else info.format),
        ("size", _size_text(info.size_bytes)),
        ("sensor", f"{info.width}x{info.height}{assumed}"),
        *((name, value) for name, value in info.details.items()),
        ("events", f"{stats.events:,}"),
        ("time", "" if stats.start_us is None else _time_text(stats)),
        ("mean rate", "" if stats.mean_rate_hz is None else rate_text(stats.mean_rate_hz)),
        (
            "polarity",
            "" if stats.on_fraction is None else f"{stats.on_fraction:.1%} on, {1 - stats.on_fraction:.1%} off",
        ),
        ("beside events", _extras_text(stats)),
        ("hot pixels", _hot_pixels_text(stats)),
        ("gaps", _gaps_text(stats)),
        ("clock", _clock_text(stats)),
        ("losses", stats.losses),
        ("damage", "" if stats.damage is None else f"reading stopped at byte {stats.damage.byte_offset:,}"),
    ]


def _time_text(stats: RecordingStats) -> str:
    return f"{stats.start_us} to {stats.end_us} us, {stats.duration_s:.6g} s"


def _extras_text(stats: RecordingStats) -> str:
    names = {"triggers": "triggers", "imu": "inertial measurements", "frames": "frames"}
    return ", ".join(f"{count:,} {names[name]}" for name, count in stats.extras.items() if count)


def _hot_pixels_text(stats: RecordingStats) -> str:
    def text(x: int, y: int, events: int) -> str:
        rate_hz = stats.rate_hz(events)
        return f"({x}, {y}) {f'{events:,} events' if rate_hz is None else rate_text(rate_hz)}"

    shown = [text(each.x, each.y, each.events) for each in stats.hot_pixels[:SHOWN_HOT_PIXELS]]
    return _listed(len(stats.hot_pixels), shown, per_line=4, rest="the busiest")


def _gaps_text(stats: RecordingStats) -> str:
    shown = [f"{each.length_us / 1e6:.3g} s from {each.start_us:,} us" for each in stats.gaps[:SHOWN_GAPS]]
    return _listed(len(stats.gaps), shown, per_line=1, rest="the longest")


def _listed(count: int, shown: Iterable[str], *, per_line: int, rest: str) -> str:
    """Say how many there are and list the first few, in lines."""
    texts = list(shown)
    if not texts:
        return ""
    lines = [", ".join(texts[at : at + per_line]) for at in range(0, len(texts), per_line)]
    return "\n".join([f"{count:,}{f', {rest}' if count > len(texts) else ''}:", *lines])


def _clock_text(stats: RecordingStats) -> str:
    if not stats.backward_steps:
        return ""
    return f"{stats.backward_steps:,} steps back, by {stats.longest_step_back_us:,} us at most"


def _size_text(size_bytes: int) -> str:
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.3g} {unit} ({size_bytes:,} bytes)"
    return f"{size_bytes} bytes"
