"""A camera as a source: opened, read, and opened again where it is lost."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aestream_driver.cameras.base import CameraModel
from aestream_driver.cameras.discovery import first_line
from aestream_driver.cameras.errors import CameraError
from aestream_driver.sources.base import SourcePacket, Trouble
from aestream_driver.sources.camera_decoded import DecodedReader
from aestream_driver.sources.camera_evt3 import Evt3Reader

FIRST_BACKOFF_S = 0.1
"""Wait before the camera is opened again; doubled after every attempt that fails."""

OpenDevice = Callable[[Any], Any]
"""Opens the camera with a configuration; gives the library's device object."""


@dataclass(frozen=True)
class Patience:
    """What to do about faults.

    Attributes:
        reconnect_s: longest wait between two attempts to open a lost camera again; 0 gives up at once.
        stall_s: time without data after which the camera is opened again; 0 waits for ever.
    """

    reconnect_s: float
    stall_s: float


class CameraSource:
    """Packets of one camera.

    A camera that fails while it streams (unplugged, a USB error) is opened again until it is there; one that falls
    silent is closed and opened. Packets go on with a later sensor time.

    Attributes:
        reconnects: how often the camera was opened again.
        stalls: how often it was opened again because it was silent.
    """

    encoding = "evt3"
    lossless = False

    def __init__(
        self, model: CameraModel, configuration: Any, open_device: OpenDevice, serial: str, patience: Patience
    ) -> None:
        """Open the camera.

        Args:
            model: which camera.
            configuration: what the library takes, of `model.configure`.
            open_device: opens the camera with a configuration.
            serial: its serial number, for people.
            patience: what to do about faults.

        Raises:
            CameraError: it cannot be opened.
        """
        self.reconnects = 0
        self.stalls = 0
        self._model = model
        self._configuration = configuration
        self._open_device = open_device
        self._patience = patience
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._reading = False
        self._trouble: Trouble | None = None
        self._name = f"{model.title} {serial}".strip()
        self._device: Any = self._open()
        self.width = model.width or int(self._device.width)
        self.height = model.height or int(self._device.height)
        self.description = f"{self._name}, {self.width}x{self.height}, {model.library}"
        self._reader = (Evt3Reader if model.evt3 else DecodedReader)(width=self.width, height=self.height)

    def __iter__(self) -> Iterator[SourcePacket]:
        """Iterate over the packets, across reconnections."""
        with self._lock:
            self._reading = True
        try:
            while not self._closing.is_set():
                lost = None
                try:
                    yield from self._stream()
                except CameraError as error:
                    lost = error
                if lost is not None:
                    self._reconnect(lost)
        finally:
            self._close_device()

    @property
    def dropped_packets(self) -> int:
        """USB packets that the library lost because nobody took them in time."""
        return self._reader.dropped_packets

    @property
    def skipped_bytes(self) -> int:
        """Bytes after a gap that no decoder could place in time, left out."""
        return self._reader.skipped_bytes

    @property
    def invalid_events(self) -> int:
        """Events outside the sensor, left out."""
        return self._reader.invalid_events

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong at this moment; None while data comes."""
        return self._trouble

    def update(self, configuration: Any) -> None:
        """Change the camera's settings while it streams, from any thread; a lost camera gets them when it is back.

        Raises:
            CameraError: the camera refuses them; the old ones stay.
        """
        with self._lock:
            if self._device is not None:
                try:
                    self._device.update_configuration(configuration)
                except RuntimeError as error:
                    raise CameraError(f"{self._name} does not take the settings: {first_line(error)}") from error
            self._configuration = configuration

    def close(self) -> None:
        """End the iteration, from any thread: within the time that one reading waits."""
        self._closing.set()
        with self._lock:
            reading = self._reading
        if not reading:
            self._close_device()

    def _stream(self) -> Iterator[SourcePacket]:
        """Give packets until the source is closed.

        Raises:
            CameraError: the camera is lost, or silent for too long.
        """
        heard_s = time.monotonic()
        readings = self._readings()
        for status, data in readings:
            if self._closing.is_set():
                return
            if status.ring is None or not data:
                self._check_silence(time.monotonic() - heard_s)
                continue
            heard_s = time.monotonic()
            self._trouble = None
            yield from self._reader.packets(status, data)

    def _readings(self) -> Iterator[tuple[Any, Any]]:
        """Give what the library's iterator gives; its errors mean that the camera is lost."""
        device = self._device
        while True:
            try:
                reading = next(device)
            except StopIteration:
                raise CameraError(f"{self._name} ended its stream") from None
            except (RuntimeError, OSError) as error:
                raise CameraError(f"lost {self._name}: {first_line(error)}") from error
            yield reading

    def _check_silence(self, silent_s: float) -> None:
        if self._patience.stall_s and silent_s > self._patience.stall_s:
            self.stalls += 1
            raise CameraError(f"{self._name} sent nothing for {silent_s:.1f} s")
        if self._patience.stall_s and silent_s > self._patience.stall_s / 2:
            self._trouble = Trouble("stalled", f"{self._name} has sent nothing for {silent_s:.1f} s")

    def _reconnect(self, lost: CameraError) -> None:
        """Open the camera again, with longer and longer waits.

        Raises:
            CameraError: it is not to be tried.
        """
        self._close_device()
        if not self._patience.reconnect_s:
            raise lost
        backoff_s = min(FIRST_BACKOFF_S, self._patience.reconnect_s)
        attempts = 0
        self._trouble = Trouble("reconnecting", str(lost))
        while not self._closing.wait(backoff_s):
            attempts += 1
            try:
                self._adopt(self._open())
            except CameraError as error:
                self._trouble = Trouble("reconnecting", f"{lost}; attempt {attempts}: {error}")
                backoff_s = min(2 * backoff_s, self._patience.reconnect_s)
            else:
                return

    def _adopt(self, device: Any) -> None:
        with self._lock:
            self._device = device
        self._reader.restart()
        self.reconnects += 1

    def _open(self) -> Any:
        try:
            return self._open_device(self._configuration)
        except (RuntimeError, OSError, IndexError) as error:
            raise CameraError(f"cannot open {self._name}: {first_line(error)}") from error

    def _close_device(self) -> None:
        with self._lock:
            device, self._device = self._device, None
        if device is not None:
            device.__exit__(None, None, None)
