"""The section on surfaces of docs/benchmarks.md, and its plot."""

from collections.abc import Callable, Iterator
from typing import Any

from bench.files.processes import ROOT
from bench.sections import write_section

PLOT = ROOT / "docs" / "benchmarks_surfaces.png"


def write_page(results: dict[str, Any]) -> None:
    """Put the section into docs/benchmarks.md, in place of the one before, and draw the plot."""
    draw(results["groups"])
    write_section("surfaces", "\n".join(section(results)))


def section(results: dict[str, Any]) -> Iterator[str]:
    """Give the section's lines."""
    yield "# Benchmarks of surfaces\n"
    yield "Written by `python -m bench surfaces --write-docs`.\n"
    yield f"- Machine: {results['machine']}; {results['load']}"
    yield f"- Device: {results['device']}; memory moves {results['gb_s']:.1f} GB/s in a large copy (reads and writes)"
    yield f"- Rounds: {results['rounds']}, in turn, of 30 ms each; the fastest of each method. {results['clock']}"
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    yield f"- Other libraries: {versions or 'none installed here'}\n"
    if results["groups"]:
        yield f"![Rates by packet size and method]({PLOT.name})\n"
        yield from notes()
    for sensor in sorted({(g["width"], g["height"]) for g in results["groups"]}, reverse=True):
        for kind in dict.fromkeys(g["kind"] for g in results["groups"]):
            groups = [g for g in results["groups"] if (g["width"], g["height"], g["kind"]) == (*sensor, kind)]
            yield f"## Two-polarity counts, {sensor[0]}x{sensor[1]}, {kind}, Mev/s\n"
            yield from table(groups)
    yield from files(results["files"])
    if results["surfaces"]:
        yield from surfaces(results["surfaces"])
    yield from skipped(results["groups"])


def files(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Give the rates from a file to frames."""
    if not rows:
        return
    yield "## From a file to frames\n"
    yield (
        "Frames of 10 ms of two polarities, out of a recording of the simulator at 20 Mev/s, 1280x720, from the page "
        "cache, in million events a second of wall time: decoding and counting by one thread after the other, with "
        "decoding on a thread beside (`buffered`), decoding alone, and AEStream 0.6, which has one polarity.\n"
    )
    yield "| File | Events | one thread | decoding beside | decoding alone | AEStream 0.6 |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for row in rows:
        rates = " | ".join(rate(row.get(name)) for name in ("one", "two", "decoding", "aestream 0.6"))
        yield f"| {row['format']} | {row['events']:,} | {rates} |"
    yield ""


def surfaces(groups: list[dict[str, Any]]) -> Iterator[str]:
    """Give the rates of every surface, and their shares of what memory allows."""
    yield "## Every surface, 1280x720, uniform, Mev/s\n"
    yield "From a window's begin to its tensor; at small packets writing the whole tensor is most of the work.\n"
    yield from table(groups)
    yield (
        "Share of the floor: what memory alone would allow if records were read, and every value written once (and of "
        "surfaces that remember also read once).\n"
    )
    yield from table([group | {"rates": group["shares"]} for group in groups], two_figures)


def two_figures(value: float | None) -> str:
    """Write a share."""
    return "" if value is None else f"{value:.2f}"


def notes() -> Iterator[str]:
    """Say what was measured."""
    yield (
        "Each packet becomes one frame that begins with zeros. `count` gives its tensor back (`recycle`), as the loops "
        "of the others use their array again; `new tensors` takes memory anew; `add only` never reads. The frames of "
        "`count` and of NumPy's and torch's bincount are compared with the reference before they are timed, "
        "numba's and tonic's by their sum; the others are not. "
        "dv-processing's edge map has one channel of bytes, `numba, one channel, unchecked` neither polarity nor "
        "bounds checks. The floor is what memory alone would allow if records were read and all cells written once; "
        "what clears only the cells that were counted, or stays in a cache, can be faster.\n"
    )


def table(groups: list[dict[str, Any]], written: Callable[[float | None], str] | None = None) -> Iterator[str]:
    """Give rates by method and packet size."""
    sizes = [group["size"] for group in groups]
    yield "| Method | " + " | ".join(f"{size:,}" for size in sizes) + " |"
    yield "| --- |" + " ---: |" * len(sizes)
    for name in dict.fromkeys(name for group in groups for name in group["rates"]):
        yield f"| {name} | " + " | ".join((written or rate)(group["rates"].get(name)) for group in groups) + " |"
    if "floor" in groups[0]:
        yield "| floor | " + " | ".join(rate(group["floor"]) for group in groups) + " |"
        ratios = (f"{group['rates']['count'] / group['floor']:.2f}" for group in groups)
        yield "| count, of the floor | " + " | ".join(ratios) + " |"
    yield ""


def rate(value: float | None) -> str:
    """Write a rate with as many figures as it deserves."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}"


def skipped(groups: list[dict[str, Any]]) -> Iterator[str]:
    """Say which methods have gaps and why."""
    found = {(name, reason) for group in groups for name, reason in group["skipped"].items()}
    for name, reason in sorted(found):
        yield f"- {name}, not measured: {reason}"
    if found:
        yield ""


def draw(groups: list[dict[str, Any]]) -> None:
    """Draw rates over packet sizes of the largest sensor."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    chosen = [g for g in groups if (g["width"], g["kind"]) == (max(h["width"] for h in groups), "uniform")]
    figure, axis = plt.subplots(figsize=(9, 4.8), layout="constrained")
    for name in dict.fromkeys(name for group in chosen for name in group["rates"]):
        points = [(group["size"], group["rates"][name]) for group in chosen if name in group["rates"]]
        ours = name.startswith("count")
        axis.plot(*zip(*points, strict=True), marker="o", label=name, lw=2.5 if ours else 1, ls="-" if ours else "--")
    axis.plot([g["size"] for g in chosen], [g["floor"] for g in chosen], color="0.6", lw=1, label="floor")
    axis.set(xscale="log", yscale="log", xlabel="events a packet", ylabel="million events a second")
    axis.set_title(f"packets to frames, {chosen[0]['width']}x{chosen[0]['height']}, uniform", fontsize=11)
    axis.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(PLOT, dpi=100)
    plt.close(figure)
