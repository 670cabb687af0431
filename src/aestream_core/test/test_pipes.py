"""Pipes: read once, from their start to their end, in constant memory."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from recording_files import camera_words, joined, raw_file

from aestream_core.errors import InvalidArgumentError
from aestream_core.files import open_file, read_file


def feed(fifo: Path, data: bytes) -> threading.Thread:
    """Write into a named pipe from another thread."""
    thread = threading.Thread(target=fifo.write_bytes, args=(data,))
    thread.start()
    return thread


@pytest.mark.parametrize("count", [10, 100_000])
def test_a_pipe_gives_what_the_file_gives(tmp_path: Path, count: int) -> None:
    path = raw_file(tmp_path, camera_words(count))
    fifo = tmp_path / "pipe.raw"
    os.mkfifo(fifo)
    writer = feed(fifo, path.read_bytes())
    stream = open_file(fifo)
    events = joined(list(stream))
    writer.join()
    assert np.array_equal(events, read_file(path).to_numpy())


def test_what_is_neither_a_file_nor_a_pipe_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="it is no regular file and no pipe"):
        open_file("/dev/null", format="evt3")
