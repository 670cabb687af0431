"""One setting varied, everything else as shipped: where the shipped values come from."""

import dataclasses
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.transport import text
from bench.transport.case import Case
from bench.transport.plan import MEV, WHOLE_MESSAGES
from bench.transport.processes import SHIPPED

Variants = Iterator[tuple[str, Case]]
NAMESPACE = {"dds": "http://www.eprosima.com"}
BASE = Case("dds", 50 * MEV, reliability="best_effort")
STALLED = dataclasses.replace(BASE, stall_ms=100)
"""What a queue is for: a subscriber that does something else for a while."""

PAUSED = dataclasses.replace(BASE, pause_ms=100)
BURST = dataclasses.replace(BASE, packet_us=5000, packet_events=WHOLE_MESSAGES)


def main(name: str, *, seconds: float, run: Callable[[Case, float], dict[str, Any]]) -> None:
    """Measure and show one sweep."""
    with tempfile.TemporaryDirectory() as folder:
        labelled = [(label, run(case, seconds)) for label, case in SWEEPS[name](Path(folder))]
    for (label, _), line in zip(
        [("", None), *labelled], text.screen([row for _, row in labelled]).split("\n"), strict=True
    ):
        print(f"{label:<28}{line}")


def packet_time(_: Path) -> Variants:
    """Vary the time that a packet spans."""
    for rate in (10, 50):
        for packet_us in (250, 500, 1000, 2000, 4000):
            yield f"{packet_us} us", dataclasses.replace(BASE, rate_hz=rate * MEV, packet_us=packet_us)


def packet_events(_: Path) -> Variants:
    """Vary the events at which a packet is cut."""
    for count in (6_144, 12_288, 24_576, 49_152, WHOLE_MESSAGES):
        yield f"{count} events", dataclasses.replace(BASE, packet_events=count, packet_us=4000)


def segment(folder: Path) -> Variants:
    """Vary the shared-memory segment."""
    for megabytes in (0.5, 4, 16, 32, 64, 128):
        profile = profile_with(folder, "segment_size", int(megabytes * 2**20))
        yield f"{megabytes} MiB", dataclasses.replace(PAUSED, profile=profile)


def port_queue(folder: Path) -> Variants:
    """Vary the messages that may wait in a subscriber's port."""
    for capacity in (128, 512, 1024, 2048):
        profile = profile_with(folder, "port_queue_capacity", capacity)
        yield f"queue {capacity}", dataclasses.replace(PAUSED, packet_us=250, packet_events=6_144, profile=profile)


def depth(_: Path) -> Variants:
    """Vary the depth of history, reliable and best effort."""
    for count in (10, 100, 1000):
        for reliability in ("reliable", "best_effort"):
            yield f"depth {count}", dataclasses.replace(STALLED, depth=count, reliability=reliability)


def malloc(_: Path) -> Variants:
    """Switch the allocator settings on and off, at both message sizes."""
    for base in (BASE, BURST):
        for on in (False, True):
            yield f"malloc settings {'on' if on else 'off'}", dataclasses.replace(base, malloc=on)


def profile_with(folder: Path, tag: str, value: int) -> str:
    """Write the shipped profile with another value; a message may not be larger than the segment."""
    ElementTree.register_namespace("", NAMESPACE["dds"])  # Fast DDS knows the tags without a prefix only
    tree = ElementTree.parse(SHIPPED)
    for name in (tag, *(("maxMessageSize",) if tag == "segment_size" else ())):
        for element in tree.iterfind(f".//dds:{name}", NAMESPACE):
            element.text = str(value if name == tag else min(value, int(element.text or 0)))
    path = folder / f"{tag}_{value}.xml"
    tree.write(path, encoding="UTF-8", xml_declaration=True)
    return str(path)


SWEEPS: dict[str, Callable[[Path], Variants]] = {
    "packet-time": packet_time,
    "packet-events": packet_events,
    "segment": segment,
    "port-queue": port_queue,
    "depth": depth,
    "malloc": malloc,
}
