"""Bars of rates by format: ours beside every other library."""

import io
from pathlib import Path
from typing import Any

from bench.files.adapter import LIBRARIES
from bench.files.cases import CASES, MODES
from bench.files.measure import Result

TITLES = {"stream": "reading, packet by packet", "whole": "reading whole", "write": "writing"}
OURS = "#d1495b"
OURS_ARRAY = "#eda6af"
OTHERS = "#8d99ae"
BAR = 0.82
GAP = 0.7
COLORS = 64
WIDTH_INCHES, INCHES_PER_BAR, DPI = 13.0, 0.125, 100


def draw(groups: list[Result], path: Path) -> None:
    """Draw one column of bars for each mode: of the first kind of events that was measured."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from PIL import Image

    columns = {mode: chosen(groups, mode) for mode in MODES}
    height = max((extent(column) for column in columns.values()), default=1)
    figure, axes = plt.subplots(
        1, len(MODES), figsize=(WIDTH_INCHES, height * INCHES_PER_BAR + 1), layout="constrained"
    )
    for axis, (mode, column) in zip(axes, columns.items(), strict=True):
        draw_mode(axis, column, height)
        axis.set_title(TITLES[mode], fontsize=11)
    if any("wrong" in row["remark"] for column in columns.values() for group in column for row in bars(group)):
        figure.supxlabel("* with wrong times or polarities", x=0.995, ha="right", fontsize=8)
    image = io.BytesIO()
    figure.savefig(image, dpi=DPI)
    plt.close(figure)
    Image.open(image).convert("RGB").quantize(COLORS).save(path, optimize=True)


def chosen(groups: list[Result], mode: str) -> list[Result]:
    """Take one group of each format that has a rate."""
    column = []
    for case in CASES:
        of_case = [group for group in groups if (group["case"], group["mode"]) == (case, mode) and bars(group)]
        column += of_case[:1]
    return column


def bars(group: Result) -> list[Result]:
    """Give a group's rows with a rate: ours first, then the others, the fastest first."""
    rows = [row for row in group["results"] if "mev_s" in row]
    return sorted(rows, key=lambda row: (not LIBRARIES[row["library"]].ours, -row["mev_s"]))


def extent(column: list[Result]) -> float:
    """Give the height of a column of groups in bars."""
    return sum(len(bars(group)) + 1 + GAP for group in column)


def draw_mode(axis: Any, column: list[Result], height: float) -> None:
    """Draw the groups of one mode from the top down, under their formats' names."""
    at = 0.0
    largest = max((row["mev_s"] for group in column for row in bars(group)), default=1)
    for group in column:
        name = CASES[group["case"]].label + (" (simulated)" if group["kind"] == "simulated" else "")
        axis.text(0, at, name, fontsize=8.5, fontweight="bold", va="center", transform=axis.get_yaxis_transform())
        for row in bars(group):
            at += 1
            draw_bar(axis, row, at)
        at += 1 + GAP
    axis.set_xscale("log")
    axis.set_xlim(1, largest * 4)
    axis.set_ylim(height, -1)
    axis.set_yticks([])
    axis.set_xlabel("million events a second, logarithmic")
    axis.grid(axis="x", which="major", color="0.9")
    axis.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)


def draw_bar(axis: Any, row: Result, at: float) -> None:
    """Draw one bar with the library's name and the rate behind it."""
    color = {"own": OURS, "own_array": OURS_ARRAY}.get(row["library"], OTHERS)
    axis.barh(at, row["mev_s"], height=BAR, color=color)
    wrong = " *" if "wrong" in row["remark"] else ""
    text = f" {row['mev_s']:.3g}  {LIBRARIES[row['library']].label}{wrong}"
    axis.text(max(row["mev_s"], 1), at, text, fontsize=7, va="center")
