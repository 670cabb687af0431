"""The thread that takes packets from a queue and writes them where they go."""

from collections.abc import Callable
from typing import Protocol

from aestream_core.events import Events
from aestream_core.exchange import Envelope, Subscription
from aestream_core.queue_worker import QueueWorker

_POLL_S = 0.05


class Writer(Protocol):
    """What takes packets."""

    def write(self, events: Events) -> None:
        """Take one packet; may wait. Raises AestreamError where it cannot."""

    def stop(self) -> None:
        """Make a waiting `write` return. From any thread."""


class Outflow(QueueWorker):
    """Writes what comes through a subscription until it is stopped.

    Attributes:
        packets: packets written.
        t_us: sensor time in µs of the newest event.
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
        super().__init__(queue, task="sending", on_failure=on_failure, poll_s=_POLL_S)
        self.packets = self.t_us = 0
        self._writer = writer
        self._on_written = on_written

    def handle(self, envelope: Envelope) -> None:
        """Write a packet."""
        assert isinstance(envelope.payload, Events)
        self._writer.write(envelope.payload)
        self.packets += 1
        self.t_us = max(self.t_us, envelope.payload.last_us)
        self._on_written(envelope)

    def interrupt(self) -> None:
        """Give up a packet that the writer cannot get rid of."""
        self._queue.close()
        self._writer.stop()
