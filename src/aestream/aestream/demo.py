"""The command `aestream demo`: a simulated camera through to tensors, in real ROS 2 processes, watched."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from aestream.demo_launch import LaunchProcess, own_environment
from aestream.launching.arguments import parse_assignments
from aestream.watch.model import History
from aestream.watch.options import WatchOptions, require_healthy
from aestream.watch.quantities import count_text, milliseconds_text, rate_text, ratio_text
from aestream.watch.summary import StageSummary, summarise
from aestream_core.errors import AestreamError

PIPELINE = "camera_to_gpu"
STAGES = ("source", "accumulator")
# The first import of a deep-learning library from a cold disk takes most of this.
TIMEOUT_S = 60.0
LOG_LINES = 15
EXAMPLES = """examples:
  aestream demo
  aestream demo --duration 30 --out results
  aestream demo source:=file path:=recording.raw
"""
NEXT_STEPS = f"""next: aestream launch {PIPELINE} source:=file path:=recording.raw   a recording
      ros2 launch aestream {PIPELINE}.launch.py                     on a ROS 2 machine
      aestream launch camera_to_gpu source:=camera                     a camera"""


class DemoError(AestreamError):
    """The demonstration did not show what it should."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `demo` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "demo",
        help="run the simulated camera to tensor in ROS 2 processes, about 10 s",
        description="Start a pipeline in ROS 2 processes of its own, watch it, stop it, and draw how it did.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--duration", type=float, metavar="S", default=10.0, help="seconds (default: %(default)g)")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", default=Path("out"), help="for picture and log (default: %(default)s)"
    )
    parser.add_argument("arguments", nargs="*", metavar="name:=value", help=f"launch arguments of {PIPELINE}")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the demonstration.

    Returns:
        Exit status 0.

    Raises:
        LaunchError: A launch argument is malformed.
        DemoError: The launch failed, nothing was accumulated, or events were dropped.
        StageFailedError: A stage reported that it failed.
    """
    parse_assignments(args.arguments)
    options = WatchOptions(duration_s=args.duration, timeout_s=TIMEOUT_S, expected=STAGES)
    console = Console()
    os.environ.update(own_environment(os.environ))
    domain_id = os.environ["ROS_DOMAIN_ID"]
    _say(console, f"starting {_command_text(args.arguments)} for {args.duration:g} s, ROS domain {domain_id}")
    history = _launch_and_watch(args, options, console)
    accumulated = require_accumulated(history)
    picture = _draw(history, args.out)
    _say(console, f"{summary_text(accumulated)}; picture: {picture}")
    require_nothing_dropped(history)
    _say(console, NEXT_STEPS)
    return 0


def require_accumulated(history: History) -> StageSummary:
    """Return how the accumulator did.

    Raises:
        DemoError: There is none, or it handled no event.
    """
    summaries = [summarise(stage) for stage in history.stages if stage.latest.stage == "accumulator"]
    if not summaries:
        raise DemoError("nothing was accumulated: no accumulator was heard")
    if not summaries[0].events:
        raise DemoError(f"nothing was accumulated: {summaries[0].node} handled no event")
    return summaries[0]


def require_nothing_dropped(history: History) -> None:
    """Check that no stage lost anything.

    Raises:
        DemoError: One did; the message says which, and how much.
    """
    losses = [
        f"{stage.node} dropped {stage.latest.dropped_events} events in {stage.latest.dropped_packets} packets"
        for stage in history.stages
        if stage.latest.dropped_events or stage.latest.dropped_packets
    ]
    if losses:
        raise DemoError("; ".join(losses))


def summary_text(summary: StageSummary) -> str:
    """Return how the accumulator did, in one line."""
    place = f" on {summary.device}" if summary.device else ""
    latency = f"latency p50 {milliseconds_text(summary.latency_p50_ms)} ms, p99 at most "
    latency += f"{milliseconds_text(summary.latency_p99_ms)} ms"
    parts = [
        f"{rate_text(summary.event_rate)} Mev/s through the accumulator{place}",
        f"{count_text(summary.dropped_events)} events dropped",
        latency if summary.was_timed else "no latency measured",
        f"{ratio_text(summary.bytes_copied_per_event)} bytes copied per event",
    ]
    return ", ".join(parts)


def _launch_and_watch(args: argparse.Namespace, options: WatchOptions, console: Console) -> History:
    from aestream.watch.ros.session import watch

    _make_signals_interrupt()
    command = [sys.executable, "-m", "aestream", "launch", PIPELINE, *args.arguments]
    with LaunchProcess(command, log_path=args.out / "launch.log") as launch:
        history = watch(options, console=console, stop=lambda: launch.status() is not None)
    _require_success(launch, history, console)
    return history


def _require_success(launch: LaunchProcess, history: History, console: Console) -> None:
    """Check the stages, the launch and the accumulator; show the end of the log where something is wrong."""
    try:
        if history.failed():
            require_healthy(history, waited_s=TIMEOUT_S)
        if launch.failed():
            raise DemoError(f"the launch failed with status {launch.status()}; its log: {launch.log_path}")
        require_accumulated(history)
    except AestreamError:
        _say(console, launch.log_tail(lines=LOG_LINES))
        raise


def _make_signals_interrupt() -> None:
    """Let every signal that asks to stop end the launch too; also where a shell started this with SIGINT ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


def _draw(history: History, folder: Path) -> Path:
    from aestream.watch.picture import save_picture

    return save_picture(history, folder / f"{PIPELINE}.png")


def _command_text(arguments: Sequence[str]) -> str:
    return " ".join(["'aestream launch", PIPELINE, *arguments]) + "'"


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
