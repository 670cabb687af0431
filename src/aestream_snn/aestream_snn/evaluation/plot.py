"""Robustness as a picture: accuracy over the strength of each disturbance."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

Row = tuple[str, float, str, float]
"""(disturbance, strength, unit, accuracy)."""

UNDISTURBED = {"time": 1.0, "rate": 1.0}
"""Strength of a disturbance that changes nothing; 0 of the others."""


def draw_robustness(rows: Sequence[Row], accuracy: float) -> Figure:
    """Draw a panel a disturbance, each with the accuracy without it."""
    names = list(dict.fromkeys(name for name, *_ in rows))
    figure = Figure(figsize=(2.3 * len(names), 2.6), layout="constrained")
    panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        still = UNDISTURBED.get(name, 0.0)
        points = sorted([(still, accuracy), *((strength, got) for n, strength, _, got in rows if n == name)])
        axes.plot(*zip(*points, strict=True), "o-", color="#1f5fa8")
        axes.axhline(accuracy, color="0.6", linestyle="--", linewidth=1)
        axes.axvline(still, color="0.85", linewidth=1, zorder=0)
        axes.set(title=name, xlabel=next(unit for n, _, unit, _ in rows if n == name), ylim=(0, 1.02))
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("accuracy")
    return figure


def write_plot(rows: Sequence[Row], accuracy: float, path: Path) -> None:
    """Write the picture: .png, .svg or .pdf."""
    figure = draw_robustness(rows, accuracy)
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=150)
