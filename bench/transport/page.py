"""The section on transport of docs/benchmarks.md."""

from collections.abc import Iterator
from typing import Any

from bench.sections import write_section
from bench.transport.paths.table import PATHS
from bench.transport.text import markdown

TITLES = {
    "rates": "Every path at every rate",
    "points": "Fixed points: 1 kHz x 50 kB, 200 MB/s, and messages of 1 MB",
}
NOTES = """\
- Publisher and subscriber are processes of their own ("in process": threads of one). Packets are cut as the driver cuts
  them, at most 1 ms or 24,576 events, and sent when their last event has happened.
- Latency runs from the publish call to events that the subscriber can look at; "with encoding" begins with events at
  the publisher. Both sides read CLOCK_MONOTONIC, which processes share.
- Processor time is that of the whole process while packets that count were sent, sleeping and waking included: "pacing
  alone" is what the publisher costs without publishing. In process it is that of the thread.
- Loss is by packet number; numbers of events are compared before anything is counted.
- "default" is Fast DDS without a profile and malloc as it is, "shipped" is `config/fastdds.xml` and the settings of
  `env.sh`. "plain rclpy" sends the same encoded bytes and decodes nothing: the baseline.
- Why each setting has its value, and the sweeps: [ADR 10](adr/0010-transport.md).
"""


def write(results: dict[str, Any]) -> None:
    """Rewrite the section."""
    write_section("transport", "\n".join(lines(results)))


def lines(results: dict[str, Any]) -> Iterator[str]:
    """Give the section's lines."""
    yield "# Benchmarks of transport\n"
    loads = ", ".join(f"{load:.1f}" for load in results["load"])
    yield "Written by `python -m bench transport --write-docs`.\n"
    yield f"- Machine: {results['machine']}; load averages before, between and after: {loads}"
    yield NOTES
    yield "What the latency holds: " + "; ".join(f"{path.label}: {path.latency}" for path in PATHS.values()) + ".\n"
    for group, rows in results["groups"].items():
        yield f"## {TITLES[group]}\n"
        yield from markdown(rows)
