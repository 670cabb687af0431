"""Keys that are pressed in a terminal, without waiting for Enter."""

import select
import sys
import termios
import tty
from types import TracebackType
from typing import Any


class Keys:
    """Reads keys; none where stdin is no terminal."""

    def __init__(self) -> None:
        """Prepare."""
        self._before: list[Any] | None = None

    def __enter__(self) -> "Keys":
        """Take keys one by one. Ctrl-C stays a signal."""
        if sys.stdin.isatty():
            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the terminal back as it was."""
        if self._before is not None:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def pressed(self) -> str:
        """Give the key that was pressed, or nothing. Does not wait."""
        if self._before is None or not select.select([sys.stdin], [], [], 0)[0]:
            return ""
        return sys.stdin.read(1)
