"""What the launch runner writes."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO


def write(text: str, stream: TextIO) -> None:
    """Write at once; without effect where the reader has gone, since processes are still to be ended in order."""
    with suppress(BrokenPipeError):
        stream.write(text)
        stream.flush()


def say(text: str) -> None:
    """Write a line about the launch itself."""
    write(f"[launch] {text}\n", sys.stderr)
