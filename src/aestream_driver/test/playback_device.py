"""A double of neuromorphic_drivers' device object that plays recorded data, with its timing and with scripted faults.

It is the only thing that the tests of cameras replace: it has the library's methods, gives the library's own status
and packet types, checks configurations as the library does, and fails as the library fails. `PlaybackBus` is the USB
bus: it lists and opens the devices, and keeps what they gave out.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import neuromorphic_drivers as nd
import numpy as np
import pytest
from neuromorphic_drivers import status

from aestream_driver.cameras import library
from aestream_driver.cameras.base import READ_TIMEOUT_S, CameraModel

UNPLUGGED = "No such device (it may have been disconnected)"
CLOSED = "__next__ called after __exit__"


@dataclass(frozen=True)
class Data:
    """One USB packet: bytes where the device is raw, a packet of the library otherwise; `due_s` after the start."""

    packet: Any
    due_s: float = 0.0


@dataclass(frozen=True)
class Overflow:
    """The ring is full: the USB packets never reach the reader, who learns of it with the next one."""

    packets: tuple[Any, ...]


@dataclass(frozen=True)
class Silence:
    """Nothing comes for so long."""

    seconds: float


@dataclass(frozen=True)
class Unplug:
    """The library's iterator raises."""

    message: str = UNPLUGGED


Step = Data | Overflow | Silence | Unplug
Session = Sequence[Step]
"""What happens from one opening of the device to the next."""


class PlaybackDevice:
    """The library's device object, as far as this suite and its users call it."""

    def __init__(self, bus: "PlaybackBus", session: Session, configuration: Any) -> None:
        """Begin a session."""
        self._bus = bus
        self._steps: Iterator[Step] = iter(session)
        self._start_s = time.monotonic()
        self._in_use = threading.Lock()
        self._closed = False
        self._next: Step | None = None
        self._dropped = 0
        self.update_configuration(configuration)

    def __enter__(self) -> "PlaybackDevice":
        return self

    def __exit__(self, *_: object) -> None:
        # The library cannot close a device while another thread is inside its iterator.
        if not self._in_use.acquire(blocking=False):
            raise RuntimeError("Already borrowed")
        self._in_use.release()
        self._closed = True

    def close(self) -> None:
        self.__exit__()

    def __iter__(self) -> "PlaybackDevice":
        return self

    def __next__(self) -> tuple[Any, Any]:
        with self._in_use:
            if self._closed:
                raise RuntimeError(CLOSED)
            return self._read()

    def name(self) -> Any:
        return nd.Name(self._bus.model.title)

    def serial(self) -> str:
        return self._bus.serial

    def properties(self) -> Any:
        return getattr(nd, self._bus.model.name).Properties()

    def backlog(self) -> int:
        return 0

    def clear_backlog(self, until: int) -> None:
        assert until >= 0

    def overflow(self) -> bool:
        return self._dropped > 0

    def update_configuration(self, configuration: Any) -> None:
        if configuration.type() != self._bus.model.name:
            raise RuntimeError("device and configuration mismatch")
        if self._bus.refuse:
            raise RuntimeError(self._bus.refuse)
        configuration.serialize()
        self._bus.configurations.append(configuration)

    def _read(self) -> tuple[Any, Any]:
        step = self._next or next(self._steps, Silence(3600.0))
        self._next = None
        if isinstance(step, Unplug):
            raise RuntimeError(step.message)
        if isinstance(step, Silence):
            return self._stay_silent(step)
        if isinstance(step, Overflow):
            self._dropped += len(step.packets)
            self._bus.dropped += step.packets
            return self._read()
        return self._give(step)

    def _stay_silent(self, silence: Silence) -> tuple[Any, Any]:
        waited_s = min(READ_TIMEOUT_S, silence.seconds)
        self._bus.closing.wait(waited_s)
        if silence.seconds > waited_s:
            self._next = Silence(silence.seconds - waited_s)
        return self._status(None), (None if self._bus.model.evt3 else self._bus.empty_packet())

    def _give(self, data: Data) -> tuple[Any, Any]:
        early_s = self._start_s + data.due_s / self._bus.speed - time.monotonic()
        if early_s > READ_TIMEOUT_S:
            self._next = data
            self._bus.closing.wait(READ_TIMEOUT_S)
            return self._status(None), None
        if early_s > 0:
            self._bus.closing.wait(early_s)
        dropped, self._dropped = self._dropped, 0
        self._bus.given.append(data.packet)
        return self._status(dropped), _marked(data.packet, dropped)

    def _status(self, dropped: int | None) -> Any:
        now_s = time.time()
        raw = self._bus.model.evt3
        if dropped is None:
            return status.RawStatus(now_s, None) if raw else status.Status(now_s, None)
        if raw:
            indices = [0] if dropped else None
            return status.RawStatus(now_s, status.RawRingStatus(now_s, 0, 1, False, indices, dropped))
        return status.Status(now_s, status.RingStatus(now_s, 0, 1, False, 0, dropped))


@dataclass
class PlaybackBus:
    """A USB bus with one playback device.

    Attributes:
        model: what the device is.
        sessions: what happens after each opening; after the last one the device is silent.
        serial: its serial number.
        absences: for each opening after the first, how many attempts find no device before it is there again.
        speed: playback speed.
        given: packets that the reader got, in order.
        dropped: packets that the reader never got.
        configurations: what the device was set to, in order.
        refuse: error with which the device refuses the next configurations; empty where it takes them.
        openings: attempts to open the device.
        closing: ends every wait.
    """

    model: CameraModel
    sessions: list[Session]
    serial: str = "00051234"
    absences: list[int] = field(default_factory=list)
    speed: float = 1.0
    given: list[Any] = field(default_factory=list)
    dropped: tuple[Any, ...] = ()
    configurations: list[Any] = field(default_factory=list)
    refuse: str = ""
    openings: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    def open_device(self, model: CameraModel, *, configuration: Any, serial: str, ring_bytes: int) -> PlaybackDevice:
        """Stand in for `aestream_driver.cameras.library.open_device`."""
        self.openings += 1
        if model is not self.model or serial not in ("", self.serial):
            raise RuntimeError("no device found")
        assert ring_bytes > 0
        if self.absences and self.openings > 1 and self.absences[0] > 0:
            self.absences[0] -= 1
            raise RuntimeError("no device found")
        if self.absences and self.openings > 1:
            self.absences.pop(0)
        return PlaybackDevice(self, self.sessions.pop(0) if self.sessions else (), configuration)

    def open(self, configuration: Any) -> PlaybackDevice:
        """Stand in for an opener of `CameraSource`."""
        return self.open_device(self.model, configuration=configuration, serial=self.serial, ring_bytes=1)

    def list_devices(self) -> list[Any]:
        """Stand in for `neuromorphic_drivers.list_devices`."""
        name, speed = nd.Name(self.model.title), nd.Connection.USB_SUPER
        return [nd.ListedDevice(name=name, connection=speed, address="", serial=self.serial, error=None)]

    def empty_packet(self) -> Any:
        """Make what a decoding device gives where nothing came in time."""
        return library_packet(self.model.name)

    def install(self, patch: Callable[[Any, str, Any], None] = setattr) -> None:
        """Put the bus in the place of the machine's."""
        patch(library, "open_device", self.open_device)
        patch(library, "list_devices", self.list_devices)
        patch(library, "list_dv_devices", list)


def library_packet(model_name: str, **streams: Any) -> Any:
    """Make a packet of the library: its own class, with every stream absent but those given."""
    kind = {"inivation_davis346": nd.Davis346Packet, "inivation_dvxplorer": nd.DvxplorerPacket}[model_name]
    packet = kind()
    for name in kind.__annotations__:
        setattr(packet, name, streams.get(name))
    packet.frames = streams.get("frames", [])
    return packet


def polarity_events(t: Any, x: Any, y: Any, on: Any) -> Any:
    """Make the library's array of events."""
    events = np.empty(len(t), [("t", "<u8"), ("x", "<u2"), ("y", "<u2"), ("on", "?")])
    events["t"], events["x"], events["y"], events["on"] = t, x, y, on
    return events


def _marked(packet: Any, dropped: int) -> Any:
    if dropped and not isinstance(packet, bytes):
        packet.polarity_events_overflow_indices = np.zeros(1, np.uint64)
    return packet


@pytest.fixture
def playback(monkeypatch: pytest.MonkeyPatch) -> Iterable[Callable[..., PlaybackBus]]:
    """Connect a playback device to this machine."""
    buses: list[PlaybackBus] = []

    def connect(model: CameraModel, *sessions: Session, **settings: Any) -> PlaybackBus:
        bus = PlaybackBus(model, list(sessions), **settings)
        bus.install(monkeypatch.setattr)
        buses.append(bus)
        return bus

    yield connect
    for bus in buses:
        bus.closing.set()
