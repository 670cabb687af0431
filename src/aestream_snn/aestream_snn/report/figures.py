"""The plots of a report, as SVG."""

import io
from collections.abc import Sequence
from typing import Any

import torch
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from aestream_snn.monitoring.reading import Reading
from aestream_snn.monitoring.weights import WeightReading
from aestream_snn.report.watching import Watched
from aestream_snn.training.accuracy import Verdict

WIDTH_IN = 9.5
COLOURS = ("#1f5fa8", "#d1792c", "#3b8f5a", "#8a4fa0", "#b03a48", "#5c6b73")
SMOOTHED = 8
"""Steps over which answers are summed, so that a curve is to be read."""


def svg_of(figure: Figure) -> str:
    """Give a figure as SVG."""
    text = io.StringIO()
    FigureCanvasSVG(figure).print_figure(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def draw_time(watched: Watched) -> Figure:
    """Draw events and the spikes of every layer over time."""
    figure, (axes,) = _panels(1, height_in=2.8)
    times, unit = _times(watched, len(watched.spikes))
    axes.plot(times, watched.events.numpy(), color="0.6", label="events")
    for number, spikes in enumerate(watched.spikes.unbind(1)):
        axes.plot(times, spikes.numpy(), color=_colour(number), label=f"layer {number}")
    axes.set_yscale("symlog", linthresh=1)
    axes.set(xlabel=unit, ylabel="a step and recording")
    axes.legend(ncols=6, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1))
    return figure


def draw_synops(reading: Reading) -> Figure:
    """Draw the synaptic operations of every layer."""
    figure, (axes,) = _panels(1, height_in=0.6 + 0.32 * len(reading.layers))
    names = [f"layer {number}" for number in range(len(reading.layers))]
    bars = axes.barh(names, [layer.synops for layer in reading.layers], color=[_colour(n) for n in range(len(names))])
    axes.bar_label(bars, [f"{layer.synops:,.0f}" for layer in reading.layers], padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set(xlabel="synaptic operations a step")
    return figure


def draw_neurons(reading: Reading) -> Figure:
    """Draw how rates and temporal densities spread over places, a column a layer."""
    count = len(reading.layers)
    figure, panels = _panels(count, rows=2, height_in=3.8)
    for number, (rates, densities) in enumerate(zip(reading.rates, reading.densities, strict=True)):
        above, below = panels[number], panels[count + number]
        above.hist(rates.flatten().numpy(), bins=40, color=_colour(number))
        above.set(title=f"layer {number}", xlabel="spikes a neuron and step")
        below.hist(densities.flatten().numpy(), bins=40, range=(0, 1), color=_colour(number))
        below.set(xlabel="share of steps with a spike")
        for axes in (above, below):
            axes.set_yscale("symlog", linthresh=1)
            axes.set_ylim(bottom=0)
    for row in (0, count):
        panels[row].set_ylabel("places")
    return figure


def draw_weights(weights: Sequence[WeightReading]) -> Figure:
    """Draw the weights on the integers of 8 bits, with the threshold where it is in reach."""
    figure, panels = _panels(len(weights), height_in=2.5)
    for number, (axes, of) in enumerate(zip(panels, weights, strict=True)):
        axes.stairs(of.histogram, [edge - 127.5 for edge in range(256)], fill=True, color=_colour(number))
        threshold = 127 / max(of.ratio, 1e-9)
        for sign in (-1, 1):
            axes.axvline(sign * threshold, color="k", linewidth=1, linestyle="--")
        reach = min(max(1.15 * threshold, 135), 400)
        axes.set(title=f"layer {number}: largest {of.ratio:.2f} thr.", xlabel="8-bit weight", xlim=(-reach, reach))
    panels[0].set_ylabel("weights")
    return figure


def draw_maps(reading: Reading) -> Figure | None:
    """Draw where in the maps neurons spike, the mean over features; None where there are no maps."""
    maps = [(number, rates.mean(0)) for number, rates in enumerate(reading.rates) if rates.dim() == 3]
    if not maps:
        return None
    figure, panels = _panels(len(maps), height_in=2.9)
    figure.set_layout_engine("constrained", rect=(0, 0, 0.96, 1))
    for axes, (number, picture) in zip(panels, maps, strict=True):
        image = axes.imshow(picture.numpy(), cmap="viridis", vmin=0, interpolation="nearest")
        figure.colorbar(image, ax=axes, shrink=0.7, format="%.2g").ax.locator_params(nbins=4)
        axes.set(title=f"layer {number}", xticks=[], yticks=[])
    return figure


def draw_confusion(verdict: Verdict) -> Figure:
    """Draw which class was taken for which."""
    side = 1.6 + 0.32 * len(verdict.classes)
    figure = Figure(figsize=(side + 1.2, side), layout="constrained")
    axes = figure.subplots()
    shares = verdict.confusion / verdict.confusion.sum(1, keepdim=True).clamp(min=1)
    axes.imshow(shares.numpy(), cmap="Blues", vmin=0, vmax=1)
    for row, column in verdict.confusion.nonzero().tolist():
        ink = "white" if shares[row, column] > 0.5 else "black"
        axes.text(
            column, row, f"{int(verdict.confusion[row, column])}", ha="center", va="center", color=ink, fontsize=8
        )
    ticks = range(len(verdict.classes))
    axes.set_xticks(ticks, verdict.classes, rotation=90, fontsize=8)
    axes.set_yticks(ticks, verdict.classes, fontsize=8)
    axes.set(xlabel="said", ylabel="true")
    return figure


def draw_answers(watched: Watched, classes: Sequence[str]) -> Figure:
    """Draw over time how the spikes of the last steps divide among the classes."""
    figure, (axes,) = _panels(1, height_in=1 + 0.24 * len(classes))
    sums = watched.outputs.cumsum(0)
    recent = sums - torch.cat((torch.zeros(SMOOTHED, sums.shape[1]), sums))[: len(sums)]
    shares = (recent / recent.sum(1, keepdim=True).clamp(min=1)).T
    times, unit = _times(watched, len(sums))
    extent = (times[0], times[-1] if len(times) > 1 else 1.0, len(classes) - 0.5, -0.5)
    image = axes.imshow(
        shares.numpy(), aspect="auto", cmap="magma", vmin=0, vmax=1, extent=extent, interpolation="nearest"
    )
    figure.colorbar(image, ax=axes, label=f"share of spikes, {SMOOTHED} steps")
    axes.set_yticks(range(len(classes)), classes, fontsize=8)
    axes.set(xlabel=unit)
    return figure


def draw_curve(curve: Sequence[dict[str, float]]) -> Figure:
    """Draw accuracy over the epochs of the training."""
    figure, (axes,) = _panels(1, height_in=2.4)
    epochs = [row["epoch"] for row in curve]
    axes.plot(epochs, [row["train"] for row in curve], "o-", color="0.6", markersize=3, label="training data")
    axes.plot(epochs, [row["validation"] for row in curve], "o-", color=COLOURS[0], markersize=3, label="validation")
    axes.set(xlabel="epoch", ylabel="accuracy", ylim=(0, 1.02))
    axes.legend(frameon=False)
    return figure


def _panels(columns: int, *, rows: int = 1, height_in: float) -> tuple[Figure, list[Any]]:
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    panels = [axes for row in grid for axes in row]
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
        axes.title.set_fontsize(9)
    return figure, panels


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _times(watched: Watched, steps: int) -> tuple[list[float], str]:
    if watched.step_us is None:
        return [float(step) for step in range(steps)], "step"
    return [step * watched.step_us * 1e-6 for step in range(steps)], "time, s"
