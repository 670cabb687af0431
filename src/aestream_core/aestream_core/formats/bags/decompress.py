"""The chunks of bags, decompressed as a stream: memory grows with what is read, whatever a header claims."""

import bz2
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from aestream_core.formats.optional import optional_module

_PIECE_BYTES = 1 << 20
_LARGEST_MESSAGE_BYTES = 1 << 28
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class ChunkError(Exception):
    """Compressed bytes are damaged or cut."""


class Chunk:
    """A compressed chunk that is read like a file."""

    def __init__(self, compression: str, data: bytes) -> None:
        """Begin at its first byte.

        Raises:
            ChunkError: the compression is not known.
            MissingDependencyError: the library for it is not installed.
        """
        if compression not in _OPENERS:
            raise ChunkError(f"its compression is {compression!r}; known: {', '.join(_OPENERS)}")
        self._stream = _OPENERS[compression](BytesIO(data))

    def read(self, size_bytes: int) -> bytes:
        """Read that many bytes; fewer only at the end.

        Raises:
            ChunkError: what is left is damaged or cut.
        """
        data = self._read(min(size_bytes, _PIECE_BYTES))
        if len(data) in (0, size_bytes):
            return data
        pieces = [data]
        left_bytes = size_bytes - len(data)
        while left_bytes and pieces[-1]:
            pieces.append(self._read(min(left_bytes, _PIECE_BYTES)))
            left_bytes -= len(pieces[-1])
        return b"".join(pieces)

    def skip(self, size_bytes: int) -> None:
        """Read over that many bytes."""
        while size_bytes > 0 and (piece := self._read(min(size_bytes, _PIECE_BYTES))):
            size_bytes -= len(piece)

    def _read(self, size_bytes: int) -> bytes:
        try:
            return bytes(self._stream.read(size_bytes))
        except Exception as error:  # each library has errors of its own
            raise ChunkError(f"a compressed chunk is damaged: {error}") from None


def decompressed(message: bytes) -> bytes:
    """Give a message's serialised bytes. No serialised message begins as one that rosbag2 compressed does.

    Raises:
        ChunkError: it is damaged, or claims to be larger than any message is.
    """
    if message[:4] != _ZSTD_MAGIC:
        return message
    chunk = Chunk("zstd", message)
    data = chunk.read(_LARGEST_MESSAGE_BYTES)
    if len(data) == _LARGEST_MESSAGE_BYTES:
        raise ChunkError(f"a compressed message is larger than {_LARGEST_MESSAGE_BYTES} bytes")
    return data


def _lz4(data: BytesIO) -> Any:
    return optional_module("lz4.frame", package="lz4", why="this bag is compressed").LZ4FrameFile(data)


def _zstd(data: BytesIO) -> Any:
    zstandard = optional_module("zstandard", package="zstandard", why="this bag is compressed")
    return zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True)


_OPENERS: Mapping[str, Callable[[BytesIO], Any]] = {"bz2": bz2.BZ2File, "lz4": _lz4, "zstd": _zstd}
