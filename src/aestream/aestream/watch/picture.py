"""A run as one picture: its numbers, what the events looked like, how fast they came, how long they took."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from PIL import Image

from aestream.watch.header import draw_header, header_height_in
from aestream.watch.model import Frame, History
from aestream.watch.plots import plot_event_rates, plot_latencies

WIDTH_IN = 9.0
FRAMES_HEIGHT_IN = 2.0
PLOTS_HEIGHT_IN = 4.3
DOTS_PER_INCH = 130
SHOWN_FRAMES = 4
# Frames of events are nearly noise, which compresses badly; a palette keeps the worst of them under 300 kB.
PALETTE_COLORS = 256


def save_picture(history: History, path: Path) -> Path:
    """Draw a history and write it as PNG; folders on the way are made.

    Args:
        history: What was heard; at least one stage.
        path: File to write.

    Returns:
        `path`.
    """
    canvas = FigureCanvasAgg(draw_picture(history))
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    image = Image.fromarray(pixels).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.quantize(PALETTE_COLORS, dither=Image.Dither.NONE).save(path, format="PNG", optimize=True)
    return path


def draw_picture(history: History) -> Figure:
    """Return a figure: numbers, accumulated frames, event rate and latency over time; frames only where some came."""
    frames = pick_frames(history.frames(), count=SHOWN_FRAMES)
    heights_in = (header_height_in(history), FRAMES_HEIGHT_IN if frames else 0.05, PLOTS_HEIGHT_IN)
    figure = Figure(figsize=(WIDTH_IN, sum(heights_in)), dpi=DOTS_PER_INCH, facecolor="white", layout="constrained")
    header, strip, plots = figure.subfigures(3, 1, squeeze=False, height_ratios=heights_in)[:, 0]
    draw_header(header, history)
    if frames:
        _draw_frames(strip, frames, start_s=history.start_s)
    rate_axes, latency_axes = plots.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    plot_event_rates(rate_axes, history)
    plot_latencies(latency_axes, history)
    _finish_axes(rate_axes, latency_axes)
    return figure


def pick_frames(frames: Sequence[Frame], *, count: int) -> tuple[Frame, ...]:
    """Return up to `count` frames, spread evenly in time; blank ones only where all are blank."""
    choice = [frame for frame in frames if not _is_blank(frame)] or list(frames)
    if len(choice) <= count:
        return tuple(choice)
    start_s, duration_s = choice[0].received_s, choice[-1].received_s - choice[0].received_s
    places = {_nearest(choice, start_s + duration_s * (i + 0.5) / count) for i in range(count)}
    return tuple(choice[place] for place in sorted(places))


def _nearest(frames: Sequence[Frame], time_s: float) -> int:
    return min(range(len(frames)), key=lambda place: abs(frames[place].received_s - time_s))


def _is_blank(frame: Frame) -> bool:
    return frame.rgb.size == 0 or bool((frame.rgb == frame.rgb[0, 0]).all())


def _draw_frames(figure: SubFigure, frames: Sequence[Frame], *, start_s: float) -> None:
    grid = figure.subplots(1, SHOWN_FRAMES, squeeze=False, gridspec_kw={"wspace": 0.02})[0]
    for axes in grid[len(frames) :]:
        axes.set_axis_off()
    for axes, frame in zip(grid, frames, strict=False):
        axes.imshow(frame.rgb, interpolation="antialiased")
        axes.set_title(f"{frame.received_s - start_s:.1f} s", fontsize=9)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color("#bbbbbb")


def _finish_axes(rate_axes: Axes, latency_axes: Axes) -> None:
    for axes in (rate_axes, latency_axes):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=9)
    latency_axes.set_xlabel("time since the first message (s)")
