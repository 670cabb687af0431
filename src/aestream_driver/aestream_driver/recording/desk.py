"""The recordings of one stream: at most one runs, the books are of all."""

from collections.abc import Callable

from aestream_core.errors import InvalidArgumentError
from aestream_driver.recording.recording import Recording, RecordingRequest, open_recording
from aestream_driver.sources.base import SourcePacket


class RecordingDesk:
    """Starts and stops recordings of one stream, one at a time, and keeps the books of all of them.

    Attributes:
        current: the recording that runs, or the one that failed and was not stopped yet; None where there is none.
    """

    def __init__(self, on_failure: Callable[[str], None]) -> None:
        """Begin with no recording; `on_failure` gets the reason where one cannot go on, on another thread."""
        self.current: Recording | None = None
        self._on_failure = on_failure
        self._recorded_before = self._lost_before = 0

    @property
    def recorded_events(self) -> int:
        """Events in all recordings."""
        return self._recorded_before + (self.current.recorded_events if self.current else 0)

    @property
    def unrecorded_events(self) -> int:
        """Events that recordings should hold and do not."""
        return self._lost_before + (self.current.unrecorded_events if self.current else 0)

    @property
    def failure(self) -> str:
        """Why the current recording ended before its time; empty while all is well."""
        return (self.current.failure if self.current else None) or ""

    def start(self, request: RecordingRequest) -> None:
        """Begin a recording. One that failed gives way.

        Raises:
            InvalidArgumentError: one is running already, or the file is not allowed.
            AestreamError: the file cannot be written.
        """
        if self.current is not None and self.current.failure is None:
            raise InvalidArgumentError(
                f"already recording to {self.current.path!r}; stop that first, with an empty path"
            )
        recording = open_recording(request, self._on_failure)
        self._settle()
        self.current = recording

    def offer(self, packet: SourcePacket, *, wait: bool) -> None:
        """Record a packet where a recording runs; `wait` says whether the stream may wait for the disk."""
        current = self.current
        if current is not None:
            current.offer(packet, wait=wait)

    def stop(self) -> Recording:
        """Complete the recording that runs, and give it for its counts and its failure.

        Raises:
            InvalidArgumentError: none is running.
        """
        if self.current is None:
            raise InvalidArgumentError("nothing is being recorded; name a path to start")
        recording = self.current
        self._settle()
        return recording

    def close(self) -> None:
        """Complete the recording, if there is one."""
        self._settle()

    def _settle(self) -> None:
        if self.current is not None:
            self.current.close()
            self._recorded_before += self.current.recorded_events
            self._lost_before += self.current.unrecorded_events
            self.current = None
