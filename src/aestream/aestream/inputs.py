"""Events for Python programs: a recording or the simulator, as packets or as tensors."""

from collections.abc import Iterator
from dataclasses import fields
from os import PathLike, fspath
from types import TracebackType
from typing import Any, TypeVar

from aestream.window_reader import TensorWindow, WindowReader
from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_core.events import Events
from aestream_core.files import FileInfo, file_info, open_file, read_file
from aestream_core.simulator import SimConfig, open_simulator
from aestream_core.streams import PacketStream

_InputT = TypeVar("_InputT", bound="Input")


class Input:
    """Events as they come: iterate for packets, or `read` window by window; once windows are read, no more packets.

    Use it as a context manager. A damaged recording gives every packet or window before the fault and then raises
    DamagedRecordingError.

    Attributes:
        width: sensor width in pixels.
        height: sensor height in pixels.
    """

    def __init__(self, stream: PacketStream, *, device: str) -> None:
        """Take over an open stream. `device` is that of the tensors: auto, cpu, cuda or cuda:N."""
        self.width = stream.width
        self.height = stream.height
        self._stream = stream
        self._windows = WindowReader(stream, device=device)

    def __iter__(self) -> Iterator[Events]:
        """Iterate over the packets that are left."""
        return self

    def __next__(self) -> Events:
        """Pull the next packet.

        Raises:
            InvalidArgumentError: windows were read before, and the next one has already begun.
            DamagedRecordingError: the recording is damaged; every packet before the fault was given.
        """
        if self._windows.began:
            raise InvalidArgumentError(
                "windows were read from this input; iterate over its tensors(), not over packets"
            )
        return next(self._stream)

    def read(self, backend: str = "torch", *, window_us: int = 10_000) -> Any:
        """Count the events of the next window that has any.

        Args:
            backend: "torch" for a tensor on the input's device, "numpy" for an array.
            window_us: length of the window in µs of sensor time; windows start at multiples of it.

        Returns:
            (2, H, W) float32, channels off and on; None where the stream has ended.

        Raises:
            UnknownNameError: there is no such backend; lists those that there are.
            InvalidArgumentError: window_us is less than 1, or the device is not there.
            DamagedRecordingError: the recording is damaged; every window before the fault was given.
        """
        window = self._windows.next(backend, window_us)
        return None if window is None else window.tensor

    def tensors(self, backend: str = "torch", *, window_us: int = 10_000) -> Iterator[TensorWindow]:
        """Iterate over the windows that are left, as `read` gives them, with their times. Skips empty windows."""
        while (window := self._windows.next(backend, window_us)) is not None:
            yield window

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        self._stream.close()

    def __enter__(self: _InputT) -> _InputT:
        """Enter a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the stream."""
        self.close()


class FileInput(Input):
    """A recording. Its extension and content name the format; `aestream info` says what is in it.

    Attributes:
        info: what the recording's header says.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        packet_us: int | None = None,
        packet_events: int | None = None,
        speed: float | None = None,
        width: int | None = None,
        height: int | None = None,
        device: str = "auto",
    ) -> None:
        """Open a recording.

        Args:
            path: the recording.
            packet_us: sensor time in µs that one packet spans at most; None leaves packets as they are read.
            packet_events: events that one packet holds at most; None for no limit.
            speed: playback speed, 1 is real time; None is as fast as possible.
            width: sensor width in pixels, in place of what the recording says; with `height`.
            height: sensor height in pixels, in place of what the recording says; with `width`.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.

        Raises:
            AestreamError: the recording cannot be opened, or an argument is not possible; the message says why.
        """
        stream = open_file(
            fspath(path), packet_us=packet_us, packet_events=packet_events, speed=speed, width=width, height=height
        )
        super().__init__(stream, device=device)
        self.info = stream.info
        self._counters = stream.counters

    def counters(self) -> dict[str, int]:
        """Count what was read and what was lost so far: see `aestream_core.files.FileStream.counters`."""
        return self._counters()


class SimInput(Input):
    """The simulated camera. Equal settings give equal events."""

    def __init__(
        self, *, speed: float | None = None, packet_us: int = 1000, device: str = "auto", **settings: Any
    ) -> None:
        """Start a simulation.

        Args:
            speed: playback speed, 1 is real time; None is as fast as possible.
            packet_us: sensor time in µs that one packet spans at most.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            settings: fields of `aestream_core.simulator.SimConfig`: width, height, scene, rate_hz, seed, duration_us,
                ... Without duration_us the simulation does not end.

        Raises:
            UnknownNameError: there is no such setting; lists those that there are.
            InvalidArgumentError: a setting has a value that is not allowed.
        """
        known = tuple(each.name for each in fields(SimConfig))
        for name in settings:
            if name not in known:
                raise UnknownNameError("simulator setting", name, known)
        super().__init__(open_simulator(SimConfig(**settings), packet_us=packet_us, speed=speed), device=device)


def read(path: str | PathLike[str], *, width: int | None = None, height: int | None = None) -> Events:
    """Read a whole recording as one packet. See `aestream_core.files.read_file`."""
    return read_file(fspath(path), width=width, height=height)


def info(path: str | PathLike[str]) -> FileInfo:
    """Say what a recording is, from its header. See `aestream_core.files.file_info`."""
    return file_info(fspath(path))
