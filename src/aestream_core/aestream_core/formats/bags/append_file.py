"""A file that grows by blocks, each there as a whole or not at all."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_PARTS_AT_ONCE = 512  # systems take at least 1024 in one call


class AppendFile:
    """Hands blocks to the operating system without a buffer of its own: what was appended survives this process.

    Attributes:
        size_bytes: length of the file, in whole blocks.
    """

    def __init__(self, path: Path) -> None:
        """Create the file, or empty it.

        Raises:
            OSError: it cannot be written.
        """
        self.size_bytes = 0
        self._file = path.open("wb", buffering=0)

    def append(self, parts: Sequence[Any]) -> None:
        """Append buffers of bytes as one block, without copying them.

        Raises:
            OSError: the block could not be written, for example because the disk is full; the file is as before.
        """
        try:
            for first in range(0, len(parts), _PARTS_AT_ONCE):
                self._write(parts[first : first + _PARTS_AT_ONCE])
        except OSError:
            self._cut()
            raise
        self.size_bytes += sum(len(part) for part in parts)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._file.close()

    def _write(self, parts: Sequence[Any]) -> None:
        size_bytes = sum(len(part) for part in parts)
        written = os.writev(self._file.fileno(), parts)
        if written < size_bytes:  # a signal came, or the disk is nearly full: what is left, piece by piece
            left = memoryview(b"".join(parts))[written:]
            while len(left):
                left = left[os.write(self._file.fileno(), left) :]

    def _cut(self) -> None:
        with suppress(OSError):  # a pipe has nothing to cut
            os.ftruncate(self._file.fileno(), self.size_bytes)
            os.lseek(self._file.fileno(), self.size_bytes, os.SEEK_SET)
