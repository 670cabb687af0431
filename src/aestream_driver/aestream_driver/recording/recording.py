"""Recordings beside the stream: written on a thread of their own, with books of what is in them and what is not."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from aestream_core.errors import AestreamError, InvalidArgumentError
from aestream_core.exchange import Envelope, Subscription
from aestream_core.files import create_file
from aestream_driver.encoding import AUTO, WireEncoding
from aestream_driver.recording.raw import HEADER_LINES, SUFFIX, RawRecorder
from aestream_driver.sources.base import SourcePacket

QUEUE_LIMIT_BYTES = 64_000_000
"""Bytes that may wait for the disk; what a camera delivers beyond that is counted as unrecorded."""
FLUSH_PERIOD_S = 0.2
"""How often events become recorded ones: nothing counts before the operating system has taken it."""


class Writer(Protocol):
    """What writes one file: events, or bytes as they came."""

    def write(self, payload: Any, /) -> None:
        """Append one packet."""

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""

    def close(self) -> None:
        """Complete the file."""


class Recording:
    """One file that is being written.

    A disk that is too slow fills a queue, bounded in bytes, and then costs events of the recording, never of the
    stream. A file that cannot be written ends the recording. Either way `unrecorded_events` counts.

    Attributes:
        path: the file.
        failure: why nothing is written any more; None while all is well.
        recorded_events: events that the operating system has taken.
    """

    def __init__(
        self,
        path: str,
        writer: Writer,
        *,
        raw: WireEncoding | None,
        limit_bytes: int,
        on_failure: Callable[[str], None],
    ) -> None:
        """Begin to write on a thread of its own; use `open_recording`."""
        self.path = path
        self.failure: str | None = None
        self.recorded_events = 0
        self._lost = self._pending = 0
        self._writer = writer
        self._raw = raw
        self._on_failure = on_failure
        self._queue = Subscription(limit_bytes)
        self._open = True
        self._offering = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="aestream_recording", daemon=True)
        self._thread.start()

    @property
    def unrecorded_events(self) -> int:
        """Events that were offered and are not, or may not be, in the file."""
        return self._lost + self._queue.dropped_events

    @property
    def limit_bytes(self) -> int:
        """Bytes that may wait for the disk."""
        return self._queue.limit_bytes

    @property
    def queued_bytes(self) -> int:
        """Bytes that wait for the disk."""
        return self._queue.queued_bytes

    def offer(self, packet: SourcePacket, *, wait: bool) -> None:
        """Record a packet; where the queue is full, wait for the disk or count the packet's events as unrecorded."""
        with self._offering:
            if not self._open:
                return
            pieces = packet.events()
            if self._raw:
                count = sum(len(events) for events in pieces)
                for wire in self._raw.messages(packet):
                    self._queue.offer(Envelope(wire.data, 0, count), wait=wait)
                    count = 0
                return
            for events in pieces:
                self._queue.offer(Envelope(events, 0, len(events)), wait=wait)

    def close(self) -> None:
        """Write what waits and complete the file; a failure to do so is in `failure`. Safe to call again."""
        with self._offering:
            if self._open:
                self._open = False
                self._queue.offer(Envelope(None, 0), wait=True)
        self._thread.join()

    def _run(self) -> None:
        last_flush_s = time.monotonic()
        while True:
            envelope = self._queue.take(FLUSH_PERIOD_S)
            if envelope is not None and envelope.payload is None:
                break
            if envelope is not None:
                self._write(envelope)
            if time.monotonic() - last_flush_s >= FLUSH_PERIOD_S:
                self._attempt(self._writer.flush)
                last_flush_s = time.monotonic()
        self._attempt(self._writer.close)

    def _write(self, envelope: Envelope) -> None:
        self._pending += envelope.events
        self._attempt(lambda: self._writer.write(envelope.payload), settles=False)

    def _attempt(self, action: Callable[[], None], *, settles: bool = True) -> None:
        """Do something to the file unless it failed before, and move the events that this settles to their book."""
        if self.failure is None:
            try:
                action()
            except AestreamError as error:
                self._fail(str(error))
            except Exception as error:
                self._fail(f"cannot record to {self.path}: {type(error).__name__}: {error}")
            else:
                if settles:
                    self.recorded_events += self._pending
                    self._pending = 0
                return
        self._lost += self._pending
        self._pending = 0

    def _fail(self, reason: str) -> None:
        self.failure = reason
        with suppress(Exception):  # The file is as good as it gets, and the reason stands already.
            self._writer.close()
        self._on_failure(reason)


@dataclass(frozen=True, kw_only=True)
class RecordingRequest:
    """What to write where.

    Attributes:
        path: the file; its ending names the format.
        width: sensor width in pixels.
        height: sensor height in pixels.
        overwrite: whether a file that is there may be replaced.
        encoding: encoding of the packets' own bytes, which are written into .raw as they come where it can hold them.
        limit_bytes: bytes that may wait for the disk.
    """

    path: str
    width: int
    height: int
    overwrite: bool = False
    encoding: str = ""
    limit_bytes: int = QUEUE_LIMIT_BYTES


def open_recording(request: RecordingRequest, on_failure: Callable[[str], None]) -> Recording:
    """Create the file and begin.

    Args:
        request: what to write where.
        on_failure: called once, on the recording's thread, with the reason where the file cannot be written any more.

    Raises:
        InvalidArgumentError: the file is there already, or its ending is of no format that can be written.
        AestreamError: the file cannot be written; the message says why.
    """
    path = Path(request.path)
    if path.exists() and not request.overwrite:
        raise InvalidArgumentError(
            f"cannot record to {request.path!r}, which is there already; choose another name or remove it"
        )
    raw = WireEncoding(AUTO, request.encoding) if request.encoding in HEADER_LINES and path.suffix == SUFFIX else None
    make: Callable[..., Writer] = partial(RawRecorder, encoding=request.encoding) if raw else create_file
    if raw:
        path.unlink(missing_ok=True)
    writer = make(request.path, width=request.width, height=request.height)
    return Recording(request.path, writer, raw=raw, limit_bytes=request.limit_bytes, on_failure=on_failure)
