"""Events for Python programs, as packets or as tensors: what all inputs share."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from aestream.window_reader import TensorWindow, WindowReader
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import Events
from aestream_core.filter_streams import maybe_filtered
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
