"""The thread that takes packets from a queue and writes them where they go."""

import threading
from collections.abc import Callable
from typing import Protocol

from aestream_core.errors import AestreamError
from aestream_core.events import Events
from aestream_core.exchange import Envelope, Subscription

DRAIN_S = 1.0
"""Longest time that `Outflow.stop` writes what waits."""
_POLL_S = 0.05


class Writer(Protocol):
    """What takes packets."""

    def write(self, events: Events) -> None:
        """Take one packet; may wait. Raises AestreamError where it cannot."""

    def stop(self) -> None:
        """Make a waiting `write` return. From any thread."""


class Outflow:
    """Writes what comes through a subscription until it is stopped.

    Attributes:
        packets: packets written.
        t_us: sensor time in µs of the newest event.
        ended: whether the stream ended and everything of it was written.
    """

    def __init__(
        self,
        queue: Subscription,
        writer: Writer,
        *,
        on_written: Callable[[Envelope], None],
        on_failure: Callable[[str], None],
    ) -> None:
        """Prepare; nothing is written yet. The two callbacks run on the thread."""
        self.packets = self.t_us = 0
        self.ended = False
        self._queue = queue
        self._writer = writer
        self._on_written = on_written
        self._on_failure = on_failure
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="aestream_outflow", daemon=True)

    def start(self) -> None:
        """Begin on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits for a bounded time and end the thread; what is left counts as dropped in the queue."""
        self._stopping.set()
        self._thread.join(DRAIN_S)
        if self._thread.is_alive():
            self._queue.close()
            self._writer.stop()
            self._thread.join()

    def _run(self) -> None:
        try:
            self._work()
        except AestreamError as error:
            self._on_failure(str(error))
        except Exception as error:
            self._on_failure(f"sending stopped: {type(error).__name__}: {error}")
        finally:
            # Nobody takes from it any more: a recording must not wait for room, and what comes counts as dropped.
            self._queue.close()

    def _work(self) -> None:
        while not self._queue.closed:
            envelope = self._queue.take(0.0 if self._stopping.is_set() else _POLL_S)
            if envelope is not None:
                self._write(envelope)
            elif self._stopping.is_set():
                return

    def _write(self, envelope: Envelope) -> None:
        if envelope.payload is None:
            self.ended = True
            return
        assert isinstance(envelope.payload, Events)
        self.ended = False
        self._writer.write(envelope.payload)
        self.packets += 1
        self.t_us = max(self.t_us, envelope.payload.last_us)
        self._on_written(envelope)
