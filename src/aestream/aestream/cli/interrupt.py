"""Ctrl-C while native code waits for the next packet."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aestream_core.streams import PacketStream


@contextmanager
def closing_on_interrupt(stream: PacketStream) -> Iterator[None]:
    """Close the stream as soon as a signal arrives.

    Python raises KeyboardInterrupt only between its own instructions, and a paced stream may wait seconds for its next
    packet. The signal's first trace, a byte in a pipe, wakes a thread that ends the waiting.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    before = signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_close_on_byte, args=(read_end, stream), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(write_end)
        watcher.join()


def _close_on_byte(read_end: int, stream: PacketStream) -> None:
    while byte := os.read(read_end, 1):
        if byte[0] == signal.SIGINT:
            stream.close()
    os.close(read_end)
