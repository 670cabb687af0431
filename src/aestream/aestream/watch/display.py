"""What a run looks like while it lasts: a live table in a terminal, a line a second elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.live import Live

from aestream.watch.model import History
from aestream.watch.table import status_line, status_table

LIVE_PERIOD_S = 0.25
LINE_PERIOD_S = 1.0


class Display(Protocol):
    """Something that shows a history; called often, it shows no more than is readable."""

    def show(self, history: History, *, now_s: float) -> None:
        """Show the history as it is now, or leave what is shown where that is recent enough."""


@contextmanager
def open_display(console: Console) -> Iterator[Display]:
    """Show on a console what suits it, until the context ends."""
    if console.is_terminal and not console.is_dumb_terminal:
        with Live(console=console, auto_refresh=False) as live:
            yield LiveDisplay(live)
    else:
        yield LineDisplay(console)


class LiveDisplay:
    """A table that is drawn over itself."""

    def __init__(self, live: Live) -> None:
        """Draw with `live`, which is already started."""
        self._live = live
        self._next_s = 0.0

    def show(self, history: History, *, now_s: float) -> None:
        """Draw the table anew, four times a second at most."""
        if now_s < self._next_s:
            return
        self._next_s = now_s + LIVE_PERIOD_S
        shown = status_table(history, now_s=now_s) if history.stages else "waiting for a stage ..."
        self._live.update(shown, refresh=True)


class LineDisplay:
    """Lines below each other, for logs."""

    def __init__(self, console: Console) -> None:
        """Write to `console`."""
        self._console = console
        self._next_s = 0.0

    def show(self, history: History, *, now_s: float) -> None:
        """Write a line, once a second at most, and none before a stage was heard."""
        if now_s < self._next_s or not history.stages:
            return
        self._next_s = now_s + LINE_PERIOD_S
        self._console.print(status_line(history, now_s=now_s), highlight=False, markup=False, soft_wrap=True)
