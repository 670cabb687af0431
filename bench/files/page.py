"""The page docs/benchmarks.md, made from kept results."""

from collections.abc import Iterable, Iterator
from typing import Any

from bench.files.adapter import LIBRARIES
from bench.files.cases import CASES, KINDS, MODES
from bench.files.measure import Result
from bench.files.memory import LIMIT_MB
from bench.files.plot import draw
from bench.files.processes import ROOT
from bench.files.table import fastest_peer, label, own_row
from bench.sections import write_section

PLOT = ROOT / "docs" / "benchmarks_files.png"
TITLES = {
    "stream": ("Reading, packet by packet", "Packets are handed to Python as arrays and dropped."),
    "whole": ("Reading whole", "One array for the whole recording; of ours, one `Events`."),
    "write": ("Writing", "From the library's own form of events in memory to the closed file."),
}
NOTES = """\
## What is compared

- Every measurement is a process of its own that warms the code on a small file of the format first. Libraries take
  turns, round after round; the median counts. Everything runs on one thread where a library can be told so; "CPU" is
  events per second of processor time of all threads, which shows a library that uses several.
- Every library reads the same file, from the page cache. Our writer made it, unless another is named. Real events are
  a recording's, sorted by time, from time 0, and repeated with shifted times; the simulated ones are scene `shapes`.
  "Camera" is a recording's own bytes over and over, only its time-high words changed: an encoder writes fewer of them
  than a camera does.
- Results are checked before they are timed: number of events, and sums of times, columns, rows and polarities, against
  the events that the file was made from. Wrong times or polarities are named in the remarks, and the speed still
  counts as one to beat; wrong numbers or places count as "cannot".
- Our record is 8 bytes, the others' are 13 or 16: that is part of the design, and part of the speed. "Structured array"
  is `read_file(...).to_numpy()`: the same events as an array with fields, as the other libraries give them.
- "Copies" is the time over that of copying 8 bytes an event from one buffer into another in the same process.
- Writers start from events in memory as the library has them, so making those is not timed. Files are not synced.
- "Peak" is the most memory that was resident while it ran, the interpreter and the library included.
- NumPy, polars and h5py stand for what people do without a library for events.

## What limits ours

Shares of sampled processor time while a recording of 4 million events was streamed over and over, 2026-11-21:

| format | decompression library | kernel (mapping pages) | own code | interpreter and libc |
| --- | ---: | ---: | ---: | ---: |
| AEDAT4, zstd | 84 % | 5 % | 4 % | 7 % |
| AEDAT4, lz4 | 59 % | 18 % | 8 % | 14 % |
| AEDAT4, none | | 38 % | 40 % | 21 % |
| DAT | | 25 % | 48 % | 27 % |

Writing without compression is bound by the page cache: the same 105 MB file was written at 41, 90, 204, 233, 235 and
232 Mev/s in a row on a virtual machine whose memory comes from its host as it is used. dv-processing uses
two threads (its processor time is above its wall time); handing ours to a second thread brought nothing measurable.
On another machine (two cores of an AMD EPYC with nothing else running, 2026-11-21, 6 rounds of
`python -m bench files --formats aedat4_none,hdf5 --modes write`) both came out ahead: AEDAT4 without compression 211
and 180 Mev/s to dv-processing's 120 and 115 (1.76 and 1.57 times), HDF5 89 and 81 to evlib's 74 and 69 (1.19 and 1.17
times).
"""


def write_page(results: dict[str, Any]) -> None:
    """Write the page and the plot."""
    draw(results["groups"], PLOT)
    write_section("files", "\n".join(page(results)))


def page(results: dict[str, Any]) -> Iterator[str]:
    """Give the page's lines."""
    groups = results["groups"]
    yield "# Benchmarks of files\n"
    yield "Filters have a page of their own: [benchmarks_filters.md](benchmarks_filters.md).\n"
    yield from head(groups)
    yield f"![Rates by format and library]({PLOT.name})\n"
    for mode in MODES:
        yield from summary([group for group in groups if group["mode"] == mode], mode)
    yield from memory(results["memory"])
    yield NOTES
    yield "## Every library\n"
    yield "Mev/s, and Mev per second of processor time in brackets.\n"
    for case in CASES:
        for kind in KINDS:
            yield from details([group for group in groups if (group["case"], group["kind"]) == (case, kind)])


def head(groups: list[Result]) -> Iterator[str]:
    """Say where, when and how."""
    yield "Written by `python -m bench files --write-docs`; how to run it is in CONTRIBUTING.md.\n"
    for machine in sorted({group["machine"] for group in groups}):
        yield f"- Machine: {machine}"
    rounds = sorted({group["rounds"] for group in groups})
    yield f"- Rounds: {' or '.join(map(str, rounds))}"
    versions = {name: version for group in groups for name, version in group["versions"].items()}
    yield f"- Compared: {', '.join(f'{name} {version}' for name, version in versions.items())}\n"


def table(header: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    """Give a table; columns after the first that hold figures stand right."""
    yield "| " + " | ".join(header) + " |"
    yield (
        "|"
        + "|".join(" --- " if name in ("Format", "Events", "Library", "Fastest other") else " ---: " for name in header)
        + "|"
    )
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def summary(groups: list[Result], mode: str) -> Iterator[str]:
    """Give one mode's table: ours and the fastest other library of each format."""
    title, what = TITLES[mode]
    rows = [line for group in groups if (line := summary_line(group))]
    if rows:
        yield f"## {title}\n"
        yield f"{what} Ratios over 1 mean that ours is faster; the last but one is of processor time.\n"
        header = ["Format", "Events", "AEStream, Mev/s", "Fastest other", "Mev/s", "Ratio", "CPU ratio", "Copies"]
        yield from table(header, rows)


def summary_line(group: Result) -> list[str]:
    """Compare ours with the fastest other library."""
    ours, other = own_row(group), fastest_peer(group)
    if ours is None:
        return []
    case = [CASES[group["case"]].label, group["kind"], rate(ours["mev_s"])]
    if other is None:
        return [*case, "none", "", "", "", f"{ours['copies']:.1f}"]
    ratios = [f"{ours[key] / other[key]:.2f}" for key in ("mev_s", "cpu_mev_s")]
    return [*case, label(other), rate(other["mev_s"]), f"**{ratios[0]}**", ratios[1], f"{ours['copies']:.1f}"]


def rate(mev_s: float) -> str:
    """Write a rate with as many figures as it deserves."""
    return f"{mev_s:.0f}" if mev_s >= 20 else f"{mev_s:.1f}"


def memory(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Give the table of memory in use."""
    if not rows:
        return
    yield "## Memory\n"
    yield f"A large recording is streamed; the peak of resident memory must stay under {LIMIT_MB} MB.\n"
    header = ["Format", "File, MB", "Mev", "Peak, MB"]
    done = [row for row in rows if not row["error"]]
    lines = [
        [CASES[r["case"]].label, f"{r['file_mb']:.0f}", f"{r['events'] / 1e6:.0f}", f"{r['peak_mb']:.0f}"] for r in done
    ]
    yield from table(header, lines)


def details(groups: list[Result]) -> Iterator[str]:
    """Give every library's figures for one format and kind of events."""
    if not groups:
        return
    first = groups[0]
    yield f"### {CASES[first['case']].label}, {first['kind']}\n"
    made_by = "" if first["made_by"] == LIBRARIES["own"].label else f", written by {first['made_by']}"
    yield f"{first['events']:,} events, {first['size']}, {first['source']}{made_by}.\n"
    rows = {(group["mode"], row["library"]): row for group in groups for row in group["results"]}
    present = [library for library in LIBRARIES if any((mode, library) in rows for mode in MODES)]
    header = ["Library", "Packets", "Whole", "Write", "Peak whole, MB", "Bytes written an event"]
    yield from table(header, (detail_line(library, rows) for library in present))
    yield from remarks(rows)


def detail_line(library: str, rows: dict[tuple[str, str], Result]) -> list[str]:
    """Give one library's line."""
    found = {mode: rows.get((mode, library), {}) for mode in MODES}
    peak = found["whole"].get("peak_mb")
    size = found["write"].get("bytes_per_event")
    rates = [cell(found[mode]) for mode in MODES]
    return [LIBRARIES[library].label, *rates, f"{peak:.0f}" if peak else "", f"{size:.2f}" if size else ""]


def cell(row: Result) -> str:
    """Give a rate, or that there is none."""
    if "mev_s" in row:
        return f"{rate(row['mev_s'])} ({rate(row['cpu_mev_s'])})"
    return "cannot" if row else ""


def remarks(rows: dict[tuple[str, str], Result]) -> Iterator[str]:
    """List what is wrong or different, once for each library and remark."""
    found: dict[tuple[str, str], list[str]] = {}
    for (mode, library), row in rows.items():
        text = row["error"] or row["remark"]
        if text:
            found.setdefault((library, text), []).append(mode)
    for (library, text), modes in found.items():
        yield f"- {LIBRARIES[library].label}, {' and '.join(modes)}: {text}"
    if found:
        yield ""
