"""The numbers of a run, at the head of its picture."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import SubFigure

from aestream.watch.colors import DIM_COLOR, INK_COLOR, LOSS_COLOR, stage_color
from aestream.watch.model import History
from aestream.watch.quantities import count_text, milliseconds_text, rate_text, ratio_text
from aestream.watch.summary import StageSummary, summarise

LINE_HEIGHT_IN = 0.21
# Column titles and where each column begins, as a part of the width.
COLUMNS = (
    ("stage", 0.01),
    ("device", 0.25),
    ("mean rate", 0.325),
    ("events", 0.43),
    ("dropped (events / packets)", 0.51),
    ("latency p50 / worst p99", 0.715),
    ("copied", 0.895),
)
DROPPED_COLUMN = 4
STAGE_CHARACTERS = 29


def header_height_in(history: History) -> float:
    """Return how much height the numbers of a history need, in inches."""
    return LINE_HEIGHT_IN * (len(history.stages) + 1.6)


def draw_header(figure: SubFigure, history: History) -> None:
    """Write the titles of the columns, and a line a stage in the stage's colour."""
    step = LINE_HEIGHT_IN / header_height_in(history)
    _write_line(figure, [title for title, _ in COLUMNS], [DIM_COLOR] * len(COLUMNS), height=1 - 0.8 * step)
    for index, stage in enumerate(history.stages):
        summary = summarise(stage)
        _write_line(figure, cells(summary), _colors(summary, index=index), height=1 - (1.8 + index) * step)


def cells(summary: StageSummary) -> tuple[str, ...]:
    """Return a stage's numbers with their units, in the order of `COLUMNS`."""
    latency = f"{milliseconds_text(summary.latency_p50_ms)} / {milliseconds_text(summary.latency_p99_ms)} ms"
    return (
        _shortened(f"{summary.stage} ({summary.node})"),
        summary.device or "–",
        f"{rate_text(summary.event_rate)} Mev/s",
        count_text(summary.events),
        f"{count_text(summary.dropped_events)} / {count_text(summary.dropped_packets)}",
        latency if summary.was_timed else "–",
        f"{ratio_text(summary.bytes_copied_per_event)} B/ev",
    )


def _shortened(name: str) -> str:
    return name if len(name) <= STAGE_CHARACTERS else name[: STAGE_CHARACTERS - 1] + "…"


def _colors(summary: StageSummary, *, index: int) -> list[str]:
    colors = [stage_color(index)] + [INK_COLOR] * (len(COLUMNS) - 1)
    if summary.dropped_events or summary.dropped_packets:
        colors[DROPPED_COLUMN] = LOSS_COLOR
    return colors


def _write_line(figure: SubFigure, texts: Sequence[str], colors: Sequence[str], *, height: float) -> None:
    for (_, left), text, color in zip(COLUMNS, texts, colors, strict=True):
        figure.text(left, height, text, color=color, fontsize=9, va="center")
