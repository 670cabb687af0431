"""`aestream info`: what is in recordings."""

import argparse
import json
import sys

from aestream.cli.failure import print_error
from aestream.cli.parser import CommandParser
from aestream.cli.rate_plot import plot_rates, rate_text
from aestream.cli.recording_stats import RecordingStats, as_json, collect_stats
from aestream_core.errors import AestreamError

EXAMPLES = """examples:
  aestream info recording.raw
  aestream info *.aedat4 --json | jq .mean_rate_hz

Each recording is read to its end. The exit status is 1 where one cannot be read or is damaged.
"""


def add_parser(subparsers: "argparse._SubParsersAction[CommandParser]") -> None:
    """Add `info` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "info", help="say what is in recordings", description="Say what is in recordings.", epilog=EXAMPLES
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="recording")
    parser.add_argument("--json", action="store_true", help="one JSON object per recording and line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Describe every recording; go on with the next where one cannot be read.

    Returns:
        Exit status: 0, or 1 where a recording could not be read or is damaged.
    """
    failed = False
    for at, path in enumerate(args.files):
        try:
            stats = collect_stats(path)
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
    lines = [stats.path, *(f"  {name:{width}}  {text}" for name, text in rows)]
    return lines + [f"  {line}" for line in plot_rates(stats.rates.rates_hz().tolist(), bin_us=stats.rates.bin_us)]


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
        ("format", info.format),
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
        ("losses", stats.losses),
        ("damage", "" if stats.damage is None else f"reading stopped at byte {stats.damage.byte_offset:,}"),
    ]


def _time_text(stats: RecordingStats) -> str:
    return f"{stats.start_us} to {stats.end_us} us, {stats.duration_s:.6g} s"


def _size_text(size_bytes: int) -> str:
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.3g} {unit} ({size_bytes:,} bytes)"
    return f"{size_bytes} bytes"
