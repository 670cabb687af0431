"""The progress bar on stderr."""

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from aestream_core.events import Events

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_REFRESH_S = 0.1


class ProgressBar:
    """A bar for people: drawn only where `report` is a terminal and no sink prints to the same one."""

    def __init__(self, label: str, *, report: TextIO, prints: bool, shown: bool = True) -> None:
        """Prepare a bar, or one that is never shown; nothing is drawn yet."""
        self._label = label
        self._report = report
        self._shown = shown and report.isatty() and not (prints and sys.stdout.isatty())
        self._next_s = 0.0
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> "ProgressBar":
        """Draw an empty bar."""
        if self._shown:
            self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.stop()

    def update(self, fraction: float | None, events: int) -> None:
        """Draw how much is done: `fraction` of 1, or None where the end is not known. Cheap when called often."""
        if self._bar is None or self._task is None or time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + _REFRESH_S
        total = None if fraction is None else 1.0
        self._bar.update(self._task, completed=fraction or 0.0, total=total, events=f"{events:,}")

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[events]} events"),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=Console(file=self._report), transient=True)
        self._task = self._bar.add_task(self._label, total=None, events="0")
        self._bar.start()


def watched(packets: Iterable[Events], label: str, *, source: object = None, shown: bool = True) -> Iterator[Events]:
    """Pass packets on and draw a bar on stderr meanwhile, where that is a terminal.

    Args:
        packets: what to pass on.
        label: what the bar is called.
        source: where the packets come from; of a recording the bar shows how much is done.
        shown: whether to draw at all.
    """
    if not shown:
        yield from packets
        return
    events = 0
    with ProgressBar(label, report=sys.stderr, prints=False) as bar:
        for packet in packets:
            yield packet
            events += len(packet)
            bar.update(fraction_read(source), events)


def fraction_read(stream: object) -> float | None:
    """Say how much of a recording was read, 0 to 1; None where the source is none, or its format does not say."""
    info, counters = getattr(stream, "info", None), getattr(stream, "counters", None)
    if info is None or counters is None:
        return None
    fraction = counters()["bytes"] / max(1, info.size_bytes - info.data_begin)
    return min(1.0, fraction) or None
