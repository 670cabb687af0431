"""Events for Python programs: a camera, a recording or the simulator, as packets or as tensors."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from aestream.progress import watched
from aestream.side_records import Frame, frames_of, imu_of, triggers_of
from aestream.window_reader import TensorWindow, WindowReader
from aestream_core.errors import InvalidArgumentError, UnknownNameError
from aestream_core.events import Events
from aestream_core.files import FileInfo, FileStream, file_info, open_file, read_file
from aestream_core.filter_streams import maybe_filtered
from aestream_core.simulator import SimConfig, open_simulator
from aestream_core.streams import PacketStream

if TYPE_CHECKING:
    from aestream_core import _core

_InputT = TypeVar("_InputT", bound="Input")


class Input:
    """Events as they come: iterate for packets, or `read` window by window; once windows are read, no more packets.

    Use it as a context manager. A damaged recording gives every packet or window before the fault and then raises
    DamagedRecordingError.

    Attributes:
        width: sensor width in pixels.
        height: sensor height in pixels.
    """

    def __init__(self, stream: PacketStream, *, device: str, filters: Sequence[str] = ()) -> None:
        """Take over an open stream. `device` is that of the tensors: auto, cpu, cuda or cuda:N."""
        stream = maybe_filtered(stream, filters)
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
        self._refuse_after_windows()
        return next(self._stream)

    def as_native(self) -> "_core.Stream | None":
        """Give the native stream of the packets that are left; see `PacketStream.as_native`."""
        self._refuse_after_windows()
        return self._stream.as_native()

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

    def _refuse_after_windows(self) -> None:
        if self._windows.began:
            raise InvalidArgumentError(
                "windows were read from this input; iterate over its tensors(), not over packets"
            )

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
        path: where the recording is.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        packet_us: int | None = None,
        packet_events: int | None = None,
        start_us: int = 0,
        stop_us: int | None = None,
        speed: float | None = None,
        width: int | None = None,
        height: int | None = None,
        device: str = "auto",
        format: str = "",
        skip_errors: bool = False,
        threads: int = 1,
        extras: tuple[str, ...] = (),
        filters: Sequence[str] = (),
        **options: Any,
    ) -> None:
        """Open a recording.

        Args:
            path: the recording.
            packet_us: sensor time in µs that one packet spans at most; None leaves packets as they are read.
            packet_events: events that one packet holds at most; None for no limit.
            start_us: sensor time in µs from which events are wanted.
            stop_us: sensor time in µs before which events are wanted; None for all.
            speed: playback speed, 1 is real time; None is as fast as possible.
            width: sensor width in pixels, in place of what the recording says; with `height`.
            height: sensor height in pixels, in place of what the recording says; with `width`.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            format: name of the format, where neither the ending nor the content says it.
            skip_errors: leave out what is damaged and go on behind it where that is possible, rather than raise.
            threads: cores to decode on, for formats of independent blocks.
            extras: what to collect beside events: some of "triggers", "imu", "frames".
            filters: what events go through first, such as ("hot_pixels", "refractory:500"); see `aestream.filters`.
            options: options of the format; `aestream formats` and `aestream.FILE_FORMATS[name].read_options` list them.

        Raises:
            AestreamError: the recording cannot be opened, or an argument is not possible; the message says why.
        """
        stream = open_file(
            path,
            format=format,
            packet_us=packet_us,
            packet_events=packet_events,
            start_us=start_us,
            stop_us=stop_us,
            speed=speed,
            width=width,
            height=height,
            skip_errors=skip_errors,
            threads=threads,
            extras=extras,
            **options,
        )
        super().__init__(stream, device=device, filters=filters)
        self.info = stream.info
        self.path = stream.path
        self._counters = stream.counters
        self._side = stream.side
        self._extras = extras

    def counters(self) -> dict[str, int]:
        """Count what was read and what was lost so far: see `aestream_core.files.FileStream.counters`."""
        return self._counters()

    def take_triggers(self) -> npt.NDArray[np.void]:
        """Take the triggers that were met since the last call, (N,) of `aestream.TRIGGER_DTYPE`.

        Raises:
            InvalidArgumentError: the input was opened without the extra "triggers".
        """
        return triggers_of(self._collected("triggers"))

    def take_imu(self) -> npt.NDArray[np.void]:
        """Take the inertial measurements that were met since the last call, (N,) of `aestream.IMU_DTYPE`.

        Raises:
            InvalidArgumentError: the input was opened without the extra "imu".
        """
        return imu_of(self._collected("imu"))

    def take_frames(self) -> list[Frame]:
        """Take the frames that were met since the last call.

        Raises:
            InvalidArgumentError: the input was opened without the extra "frames".
        """
        return frames_of(self._collected("frames"))

    def _collected(self, extra: str) -> "_core.SideRecords":
        if self._side is None or extra not in self._extras:
            raise InvalidArgumentError(f"{extra} were not asked for; open the input with extras=({extra!r},)")
        return self._side


class CameraInput(Input):
    """A connected event camera. Iteration ends with `close`; a camera that is lost is opened again.

    Attributes:
        description: which camera it is, in one line.
    """

    def __init__(
        self,
        model: str = "auto",
        *,
        serial: str = "",
        device: str = "auto",
        reconnect_s: float = 5.0,
        filters: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        """Open a camera.

        Args:
            model: name of the model, as docs/cameras.md lists them; "auto" takes the one that is connected.
            serial: serial number; empty for the only one.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            reconnect_s: longest wait between attempts to open a lost camera again; 0 raises instead.
            filters: what events go through first, such as ("hot_pixels", "refractory:500"); see `aestream.filters`.
            settings: settings of the model, for example bias_diff_on=20.

        Raises:
            AestreamError: there is no such camera, it cannot be opened, or a setting is not allowed.
        """
        from aestream.camera_stream import open_camera_stream

        stream = open_camera_stream(model=model, serial=serial, settings=settings, reconnect_s=reconnect_s)
        super().__init__(stream, device=device, filters=filters)
        self.description = stream.description
        self._counters = stream.counters

    def counters(self) -> dict[str, int]:
        """Count what was lost: see `aestream.camera_stream.CameraStream.counters`."""
        return self._counters()


class SimInput(Input):
    """The simulated camera. Equal settings give equal events."""

    def __init__(
        self,
        *,
        speed: float | None = None,
        packet_us: int = 1000,
        device: str = "auto",
        filters: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        """Start a simulation.

        Args:
            speed: playback speed, 1 is real time; None is as fast as possible.
            packet_us: sensor time in µs that one packet spans at most.
            device: device of torch tensors: auto (the first GPU, or the CPU where there is none), cpu, cuda or cuda:N.
            filters: what events go through first, such as ("hot_pixels", "refractory:500"); see `aestream.filters`.
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
        stream = open_simulator(SimConfig(**settings), packet_us=packet_us, speed=speed)
        super().__init__(stream, device=device, filters=filters)


def read(path: str | PathLike[str], *, progress: bool = False, **options: Any) -> Events:
    """Read a whole recording, or a part of it, as one packet.

    Args:
        path: the recording.
        progress: draw a bar on stderr where that is a terminal.
        options: as of `aestream_core.files.read_file`: format, start_us, stop_us, width, height, skip_errors, threads,
            and the format's own.

    Raises:
        AestreamError: the recording cannot be read, is damaged, or spans more than 2^32 µs (71.6 minutes); the message
            says why.
    """
    if not progress:
        return read_file(path, **options)
    with open_file(path, **options) as stream:
        packets = list(watched(stream, Path(path).name, source=stream))
        return Events.join(packets, width=stream.width, height=stream.height)


def stream(path: str | PathLike[str], **options: Any) -> FileStream:
    """Open a recording as a stream of packets, in constant memory. For tensors use `FileInput`.

    Args:
        path: the recording.
        options: as of `aestream_core.files.open_file`: packet_us, packet_events, start_us, stop_us, speed, format,
            width, height, skip_errors, threads, extras, and the format's own.

    Raises:
        AestreamError: the recording cannot be opened, or an argument is not possible; the message says why.
    """
    return open_file(path, **options)


def info(path: str | PathLike[str], *, format: str = "", **options: Any) -> FileInfo:
    """Say what a recording is, from its header. See `aestream_core.files.file_info`."""
    return file_info(path, format=format, **options)
