"""The curves of a run: event rate and latency over time, a colour a stage."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from aestream.watch.colors import DIM_COLOR, LOSS_COLOR, stage_color
from aestream.watch.model import History, StageHistory, StatusReading, drops, event_rates
from aestream.watch.quantities import count_text

# Latencies spread over more than this factor are readable on a logarithmic axis only.
LOG_SPREAD = 30.0
HEADROOM = 1.1


def plot_event_rates(axes: Axes, history: History) -> None:
    """Draw events a second of each stage, and a mark where it dropped any."""
    highest = 0.0
    for index, stage in enumerate(history.stages):
        times_s, rates = event_rates(stage.readings())
        _draw_rate(axes, [time_s - history.start_s for time_s in times_s], rates, index=index, label=_label(stage))
        _mark_drops(axes, stage, index=index, start_s=history.start_s)
        highest = max(highest, *rates, 0.0)
    axes.set_ylabel("event rate (Mev/s)")
    axes.set_ylim(0, HEADROOM * highest / 1e6 or 1.0)
    _add_legend(axes)


def plot_latencies(axes: Axes, history: History) -> None:
    """Draw the median and the 99th percentile of each stage that measured a latency."""
    shown_ms: list[float] = []
    for index, stage in enumerate(history.stages):
        timed = [reading for reading in stage.readings() if math.isfinite(reading.latency_p50_ms)]
        if timed:
            _draw_latency(axes, timed, index=index, start_s=history.start_s, label=_label(stage))
            shown_ms += [value for reading in timed for value in (reading.latency_p50_ms, reading.latency_p99_ms)]
    axes.set_ylabel("latency (ms)")
    if shown_ms:
        _scale_latency(axes, shown_ms)
        _add_legend(axes)
    else:
        axes.text(0.5, 0.5, "no stage measured a latency", transform=axes.transAxes, ha="center", color=DIM_COLOR)


def _draw_rate(axes: Axes, times_s: Sequence[float], rates: Sequence[float], *, index: int, label: str) -> None:
    """Draw a rate; stages that keep up lie on each other, so the first is broad and pale beneath the others."""
    axes.plot(
        times_s,
        [rate / 1e6 for rate in rates],
        color=stage_color(index),
        marker="o" if len(times_s) == 1 else None,
        linewidth=1.6 if index else 5.0,
        alpha=1.0 if index else 0.35,
        solid_capstyle="round",
        label=label,
    )


def _mark_drops(axes: Axes, stage: StageHistory, *, index: int, start_s: float) -> None:
    """Mark each loss at the foot of the axes, a row a stage; the legend says how much was lost."""
    losses = drops(stage.readings())
    if not losses:
        return
    events, packets = count_text(stage.latest.dropped_events), count_text(stage.latest.dropped_packets)
    axes.plot(
        [time_s - start_s for time_s, _, _ in losses],
        [0.04 + 0.08 * index] * len(losses),
        transform=axes.get_xaxis_transform(),
        linestyle="none",
        marker="v",
        markersize=7,
        color=LOSS_COLOR,
        markeredgecolor=stage_color(index),
        label=f"{_label(stage)} dropped {events} events, {packets} packets",
    )


def _draw_latency(axes: Axes, readings: Sequence[StatusReading], *, index: int, start_s: float, label: str) -> None:
    times_s = [reading.received_s - start_s for reading in readings]
    medians_ms = [reading.latency_p50_ms for reading in readings]
    tails_ms = [reading.latency_p99_ms for reading in readings]
    color = stage_color(index)
    axes.fill_between(times_s, medians_ms, tails_ms, color=color, alpha=0.12, linewidth=0)
    axes.plot(times_s, medians_ms, color=color, linewidth=1.8, label=f"{label}, p50")
    axes.plot(times_s, tails_ms, color=color, linewidth=1.2, linestyle=(0, (4, 2)), label=f"{label}, p99")


def _scale_latency(axes: Axes, shown_ms: Sequence[float]) -> None:
    finite_ms = [value for value in shown_ms if math.isfinite(value)]
    if min(finite_ms) > 0 and max(finite_ms) > LOG_SPREAD * min(finite_ms):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
    else:
        axes.set_ylim(0, HEADROOM * max(finite_ms) or 1.0)


def _add_legend(axes: Axes) -> None:
    """Write the legend above the axes, where an empty title keeps its place; its width does not narrow them."""
    axes.set_title(" ", fontsize=10)
    legend = axes.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, fontsize=9, frameon=False, borderaxespad=0.2
    )
    legend.set_in_layout(False)


def _label(stage: StageHistory) -> str:
    return stage.latest.stage or stage.node
