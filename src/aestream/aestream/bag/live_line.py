"""One line on stderr that is drawn anew, where that is a terminal."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

_PERIOD_S = 0.25


class LiveLine:
    """Draws what a function says, a few times a second."""

    def __init__(self, say: Callable[[], str]) -> None:
        """Prepare; nothing is drawn where stderr is no terminal."""
        self._say = say
        self._next_s = 0.0
        self._live: Any = None

    def __enter__(self) -> "LiveLine":
        """Begin to draw."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(file=sys.stderr), auto_refresh=False, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the line."""
        if self._live is not None:
            self._live.stop()

    def update(self) -> None:
        """Draw, where it is time to. Cheap when called often."""
        if self._live is not None and time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _PERIOD_S
            self._live.update(self._say(), refresh=True)
