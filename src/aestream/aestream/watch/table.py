"""The history as a table for a terminal, and as a line for a log."""

from __future__ import annotations

import math

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from aestream.watch.model import History, StatusReading
from aestream.watch.quantities import bytes_text, count_text, milliseconds_text, rate_text, ratio_text

# A stage speaks twice a second: after this long something is wrong with it or with the network.
SILENT_AFTER_S = 3.0
# Two lines a column, so that all of them fit into 80 characters.
NUMBER_COLUMNS = (
    "Mev/s\nevents",
    "dropped\nev, pkt",
    "invalid\nevents",
    "queued\nof limit",
    "p50 ms\np99 ms",
    "copied\nB/event",
    "products\nper s",
)
_STATE_STYLES = {"active": "green", "inactive": "yellow", "finished": "cyan", "failed": "bold red"}
_ALERT_STYLE = "bold red"


def status_table(history: History, *, now_s: float) -> Table:
    """Return the latest reading of each stage, a row a stage.

    Args:
        history: What was heard.
        now_s: The watcher's clock, to tell which stages have gone silent.
    """
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=0, caption_justify="left")
    table.caption = _caption(history, now_s=now_s)
    table.add_column("stage\nnode", overflow="fold", min_width=13)
    table.add_column("state\ndevice", no_wrap=True)
    for title in NUMBER_COLUMNS:
        table.add_column(title, justify="right", no_wrap=True)
    for stage in history.stages:
        reading = stage.latest
        table.add_row(_stage_cell(reading), _state_cell(reading, now_s=now_s), *_number_cells(reading))
    return table


def status_line(history: History, *, now_s: float) -> str:
    """Return the latest reading of each stage in one line."""
    stages = " | ".join(_stage_text(stage.latest, now_s=now_s) for stage in history.stages)
    return f"{now_s - history.start_s:6.1f} s  {stages}"


def state_text(reading: StatusReading, *, now_s: float) -> str:
    """Return the state that the stage reported, or for how long it has been silent."""
    silent_s = now_s - reading.received_s
    return f"silent {silent_s:.0f} s" if silent_s > SILENT_AFTER_S else reading.state


def _stage_cell(reading: StatusReading) -> Text:
    return Text.assemble((reading.stage, "bold"), "\n", (reading.node, "dim"))


def _state_cell(reading: StatusReading, *, now_s: float) -> Text:
    state = state_text(reading, now_s=now_s)
    return Text.assemble((state, _STATE_STYLES.get(state, "bold yellow")), "\n", (reading.device, "dim"))


def _number_cells(reading: StatusReading) -> tuple[Text, ...]:
    lost = bool(reading.dropped_events or reading.dropped_packets)
    return (
        Text(f"{rate_text(reading.event_rate)}\n{count_text(reading.events)}"),
        _alert(f"{count_text(reading.dropped_events)}\n{count_text(reading.dropped_packets)}", when=lost),
        _alert(count_text(reading.invalid_events), when=reading.invalid_events > 0),
        Text(f"{bytes_text(reading.queue_bytes)}\n{bytes_text(reading.queue_limit_bytes)}"),
        Text(f"{milliseconds_text(reading.latency_p50_ms)}\n{milliseconds_text(reading.latency_p99_ms)}"),
        Text(ratio_text(reading.bytes_copied_per_event)),
        Text(f"{reading.product_rate:.1f}"),
    )


def _alert(text: str, *, when: bool) -> Text:
    return Text(text, style=_ALERT_STYLE if when else "")


def _caption(history: History, *, now_s: float) -> str:
    """Return how long the watcher has been hearing stages, and the images that came."""
    images = [f"{topic}: {total} images" for topic, total in sorted(history.image_counts().items())]
    return " · ".join([f"{now_s - history.start_s:.1f} s", *images])


def _stage_text(reading: StatusReading, *, now_s: float) -> str:
    parts = [f"{reading.stage} {state_text(reading, now_s=now_s)}", f"{rate_text(reading.event_rate)} Mev/s"]
    parts.append(f"{reading.dropped_events} events / {reading.dropped_packets} packets dropped")
    if reading.invalid_events:
        parts.append(f"{reading.invalid_events} invalid")
    if math.isfinite(reading.latency_p50_ms):
        median, tail = milliseconds_text(reading.latency_p50_ms), milliseconds_text(reading.latency_p99_ms)
        parts.append(f"p50 {median} ms, p99 {tail} ms")
    return ", ".join(parts)
