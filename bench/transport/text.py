"""Figures as columns, for the screen and for the page."""

from collections.abc import Callable, Iterator
from typing import Any

from bench.transport.figures import Figures
from bench.transport.paths.table import PATHS

Column = tuple[str, Callable[[Figures], str]]


def microseconds(value: float) -> str:
    """Write a time in µs, in ms where it is long."""
    if value != value:
        return "-"
    return f"{value:.0f}" if value < 10_000 else f"{value / 1000:.0f} ms"


def quality(row: Figures) -> str:
    """Name what the path was told."""
    if PATHS[row["path"]].both is not None or "iceoryx2" in row["path"]:
        return ""
    executor = "" if row["executor"] == "events" else ", single-threaded"
    return f"{row['reliability'].replace('_', ' ')}, {row['profile'].rpartition('/')[2]}{executor}"


def loss(row: Figures) -> str:
    """Give the share of packets that never came."""
    return "0" if not row["loss"] else f"{row['loss'] * 100:.2g} %"


COLUMNS: list[Column] = [
    ("Path", lambda row: PATHS[row["path"]].label),
    ("QoS, profile", quality),
    ("Mev/s", lambda row: f"{row['sent_mev_s']:.3g}"),
    ("µs", lambda row: f"{row['mean_us']:.0f}"),
    ("Events", lambda row: f"{row['mean_events']:.0f}"),
    ("kB", lambda row: f"{row['mean_bytes'] / 1e3:.0f}"),
    ("MB/s", lambda row: f"{row['mb_s']:.0f}"),
    ("p50, µs", lambda row: microseconds(row["p50_us"])),
    ("p99, µs", lambda row: microseconds(row["p99_us"])),
    ("p99 with encoding", lambda row: microseconds(row["whole_p99_us"])),
    ("Publisher, ms/Mev", lambda row: f"{row['publisher_ms_per_mev']:.1f}"),
    ("Subscriber, ms/Mev", lambda row: f"{row['subscriber_ms_per_mev']:.1f}"),
    ("Loss", loss),
]
LEFT = 2
"""Columns that hold words."""


def cells(row: dict[str, Any]) -> list[str]:
    """Give one line's cells."""
    if "error" in row:
        return [PATHS[row["path"]].label, f"{row['rate_hz'] / 1e6:g} Mev/s: {row['error']}"] + [""] * (len(COLUMNS) - 2)
    return [give(row) for _, give in COLUMNS]


def screen(rows: list[dict[str, Any]]) -> str:
    """Give the lines for the screen."""
    lines = [[name for name, _ in COLUMNS], *map(cells, rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at < LEFT else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def markdown(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Give the lines for the page."""
    yield "| " + " | ".join(name for name, _ in COLUMNS) + " |"
    yield "|" + "|".join(" --- " if at < LEFT else " ---: " for at in range(len(COLUMNS))) + "|"
    for row in rows:
        yield "| " + " | ".join(cells(row)) + " |"
    yield ""
