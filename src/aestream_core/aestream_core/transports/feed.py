"""The subscriber's thread: takes packets from a transport and hands each to a sink."""

import threading
from collections.abc import Callable

from aestream_core.errors import AestreamError
from aestream_core.transports.base import Arrival, EventReceiver
from aestream_core.transports.table import open_receiver, require

_POLL_S = 0.05


class Feed:
    """Listens to a topic between `open` and `close`, which may follow each other more than once."""

    def __init__(
        self, transport: str, topic: str, *, sink: Callable[[Arrival], None], on_failure: Callable[[str], None]
    ) -> None:
        """Prepare; nothing is opened yet.

        Raises:
            AestreamError: the transport's library is not installed; the message says what to do.
        """
        require(transport)
        self._transport = transport
        self._topic = topic
        self._sink = sink
        self._on_failure = on_failure
        self._receiver: EventReceiver | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._past = (0, 0)

    @property
    def lost(self) -> tuple[int, int]:
        """Packets and events that were sent while this listened and never came."""
        now = (self._receiver.lost_packets, self._receiver.lost_events) if self._receiver else (0, 0)
        return self._past[0] + now[0], self._past[1] + now[1]

    def open(self) -> None:
        """Listen; nothing happens where it does already.

        Raises:
            AestreamError: the transport cannot be opened; the message says why.
        """
        if self._receiver is not None:
            return
        self._receiver = open_receiver(self._transport, self._topic)
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, args=(self._receiver,), name="aestream_feed", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; nothing is handed on after this returns."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._receiver is not None:
            self._past, receiver = self.lost, self._receiver
            self._receiver = None
            receiver.close()

    def _run(self, receiver: EventReceiver) -> None:
        try:
            while not self._stopping.is_set():
                for arrival in receiver.take(_POLL_S):
                    self._sink(arrival)
        except AestreamError as error:
            self._on_failure(str(error))
