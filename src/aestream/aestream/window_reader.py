"""Windows of a packet stream as tensors or arrays, one at a time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aestream.window_cut import cut_window
from aestream_core.errors import AestreamError, InvalidArgumentError, UnknownNameError
from aestream_core.events import Events
from aestream_core.streams import PacketStream

if TYPE_CHECKING:
    from aestream_gpu.windows import Window, WindowAccumulator

BACKENDS = ("torch", "numpy")
"""What a window can be had as: a torch tensor on the chosen device, or a NumPy array."""


@dataclass(frozen=True)
class TensorWindow:
    """The events of one window of sensor time [start_us, end_us), counted.

    Attributes:
        tensor: (2, H, W) float32, channels off and on: a torch.Tensor on the input's device, or a NumPy array.
        start_us: sensor time in µs at which the window starts, inclusive; a multiple of its length.
        end_us: sensor time in µs at which it ends, exclusive.
        event_count: events in the window, those outside the sensor included.
    """

    tensor: Any
    start_us: int
    end_us: int
    event_count: int


class WindowReader:
    """Pulls packets and gives windows. Nothing is pulled, and torch is not loaded, before the first `next`.

    Attributes:
        began: whether a window was asked for, so that events may be waiting in an open one.
    """

    def __init__(self, stream: PacketStream, *, device: str) -> None:
        """Read from a stream. `device` is that of torch tensors: auto, cpu, cuda or cuda:N."""
        self._stream = stream
        self._device = device
        self._accumulator: WindowAccumulator | None = None
        self._rest: Events | None = None
        self._fault: AestreamError | None = None
        self._ready: list[Window] = []

    @property
    def began(self) -> bool:
        """Whether a window was asked for, so that events may be waiting in an open one."""
        return self._accumulator is not None

    def next(self, backend: str, window_us: int) -> TensorWindow | None:
        """Give the next window that has events; None at the end. A fault of the stream is raised behind them all.

        Raises:
            UnknownNameError: there is no such backend; lists those that there are.
            InvalidArgumentError: window_us is less than 1, or the device is not there.
            AestreamError: what the stream raised.
        """
        accumulator = self._prepare(backend, window_us)
        while not self._ready:
            piece = self._next_piece(window_us)
            self._ready = accumulator.flush() if piece is None else accumulator.add(piece)
            if piece is None and not self._ready:
                self._raise_fault()
                return None
        window = self._ready.pop(0)
        return TensorWindow(self._convert(window, backend), window.start_us, window.end_us, window.event_count)

    def _prepare(self, backend: str, window_us: int) -> "WindowAccumulator":
        if backend not in BACKENDS:
            raise UnknownNameError("backend", backend, BACKENDS)
        if window_us < 1:
            raise InvalidArgumentError(f"window_us is {window_us}; it must be 1 or more")
        if self._accumulator is None:
            self._accumulator = self._make_accumulator("cpu" if backend == "numpy" else self._device, window_us)
        self._accumulator.window_us = window_us
        return self._accumulator

    def _make_accumulator(self, device: str, window_us: int) -> "WindowAccumulator":
        # Here, not above: whoever wants events only does not wait for torch.
        from aestream_gpu import WindowAccumulator, make_surface, resolve_device

        surface = make_surface(
            "count", width=self._stream.width, height=self._stream.height, device=resolve_device(device)
        )
        return WindowAccumulator(surface, window_us=window_us)

    def _convert(self, window: "Window", backend: str) -> Any:
        from aestream_gpu import resolve_device

        if backend == "numpy":
            return window.tensor.cpu().numpy()
        # Moves nothing unless the first window was asked for as an array, which is counted on the CPU.
        return window.tensor.to(resolve_device(self._device))

    def _next_piece(self, window_us: int) -> Events | None:
        """Pull events of one window at most."""
        while self._rest is None or not len(self._rest):
            try:
                self._rest = next(self._stream)
            except StopIteration:
                return None
            except AestreamError as fault:
                self._fault = fault
                return None
        piece, self._rest = cut_window(self._rest, window_us)
        return piece

    def _raise_fault(self) -> None:
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault
