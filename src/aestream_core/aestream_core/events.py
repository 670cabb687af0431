"""Events: a packet of 8-byte event records in a reference-counted buffer.

One record, little-endian: `t` uint32 (µs since the packet's `t0_us`), `x` uint16, then `y` in 15 bits with the polarity
in the top bit (1 = brighter). The record, and why it is this one, is described in docs/adr/0001-event-record.md.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from aestream_core import _core
from aestream_core.errors import InvalidArgumentError

RECORD_BYTES = 8
RECORD_DTYPE = np.dtype([("t", "<u4"), ("x", "<u2"), ("yp", "<u2")])
"""dtype of `Events.records()`: one 8-byte record an event."""

EVENT_DTYPE = np.dtype([("t", "<i8"), ("x", "<u2"), ("y", "<u2"), ("p", "?")])
"""dtype of `Events.to_numpy()`: absolute sensor time in µs, column, row from the top, polarity."""

MAX_SIDE = 0x7FFF
"""Largest width or height in pixels that the 15-bit y of a record, and SPIF, can address."""


class Events:
    """A packet of events, by reference: assigning or slicing it never copies events unless its docstring says so.

    Attributes:
        t0_us: sensor time in µs that the records' `t` counts from.
        width: sensor width in pixels.
        height: sensor height in pixels.
        seq: position of the packet in its stream, counted from 0.
    """

    __slots__ = ("_packet",)

    def __init__(self, packet: "_core.Packet") -> None:
        """Wrap a native packet. Use `from_numpy` to make events from arrays."""
        self._packet = packet

    @classmethod
    def from_numpy(
        cls,
        array: npt.NDArray[Any] | None = None,
        *,
        t: npt.ArrayLike | None = None,
        x: npt.ArrayLike | None = None,
        y: npt.ArrayLike | None = None,
        p: npt.ArrayLike | None = None,
        width: int,
        height: int,
    ) -> "Events":
        """Make events from a structured array with fields t, x, y, p, or from four columns. Copies.

        Args:
            array: structured array (N,) with fields `t` (µs, integer, not negative), `x`, `y`, `p` (0 or 1).
            t: times in µs, (N,); with `x`, `y`, `p` instead of `array`.
            x: columns, (N,), 0 at the left.
            y: rows, (N,), 0 at the top.
            p: polarities, (N,), 0 or 1.
            width: sensor width in pixels, 1 to 32767.
            height: sensor height in pixels, 1 to 32767.

        Raises:
            InvalidArgumentError: a column is missing, of another length, or holds values outside what is allowed.
        """
        columns = _columns(array, {"t": t, "x": x, "y": y, "p": p})
        check_sensor(width, height)
        _check_columns(columns, width, height)
        times = columns["t"].astype(np.int64, copy=False)
        t0_us = int(times.min()) if len(times) else 0
        packet = _core.packet_from_columns(
            times, columns["x"], columns["y"], columns["p"].astype(np.bool_), width, height, t0_us
        )
        return cls(packet)

    @classmethod
    def from_records(cls, records: Any, *, t0_us: int, width: int, height: int) -> "Events":
        """Make events from the bytes of `records()` of another packet, from another process for example. Copies.

        Args:
            records: any contiguous buffer of 8-byte records, (N,) of `RECORD_DTYPE` or (8 N,) bytes.
            t0_us: sensor time in µs that the records' `t` counts from.
            width: sensor width in pixels, 1 to 32767. Coordinates are not compared with it.
            height: sensor height in pixels, 1 to 32767.

        Raises:
            InvalidArgumentError: the bytes are not whole records in one block, or the sensor's size is impossible.
        """
        check_sensor(width, height)
        try:
            return cls(_core.packet_from_records(records, width, height, t0_us))
        except ValueError as error:
            raise InvalidArgumentError(str(error)) from None

    @classmethod
    def join(cls, packets: "Sequence[Events]", *, width: int, height: int) -> "Events":
        """Join packets of one stream into one. Copies, unless there is only one.

        Args:
            packets: packets in stream order.
            width: sensor width in pixels, for where there are no packets.
            height: sensor height in pixels, for where there are no packets.

        Raises:
            InvalidArgumentError: the events span more than 2^32 µs (71.6 minutes).
        """
        joined = _core.join_packets([events._packet for events in packets if len(events)])
        if len(joined) > 1:
            span_us = joined[-1].last_us - joined[0].first_us
            raise InvalidArgumentError(f"events span {span_us} us; one packet holds at most {0xFFFFFFFF} us")
        return cls(joined[0]) if joined else cls.from_numpy(t=[], x=[], y=[], p=[], width=width, height=height)

    @property
    def t0_us(self) -> int:
        """Sensor time in µs that the records' `t` counts from."""
        return self._packet.t0_us

    @property
    def width(self) -> int:
        """Sensor width in pixels."""
        return self._packet.width

    @property
    def height(self) -> int:
        """Sensor height in pixels."""
        return self._packet.height

    @property
    def seq(self) -> int:
        """Position of the packet in its stream, counted from 0."""
        return self._packet.seq

    @property
    def first_us(self) -> int:
        """Sensor time of the first event in µs; `t0_us` where there is none."""
        return self._packet.first_us

    @property
    def last_us(self) -> int:
        """Sensor time of the last event in µs; `t0_us` where there is none."""
        return self._packet.last_us

    @property
    def nbytes(self) -> int:
        """Bytes of event records."""
        return len(self._packet) * RECORD_BYTES

    @property
    def address(self) -> int:
        """Memory address of the first record; equal addresses are the same buffer."""
        return self._packet.address

    def __len__(self) -> int:
        """Count the events."""
        return len(self._packet)

    def __repr__(self) -> str:
        """Show count, sensor and time span."""
        return f"Events({len(self)} events, {self.width}x{self.height}, {self.first_us}..{self.last_us} us)"

    def records(self) -> npt.NDArray[np.void]:
        """View the records as a read-only structured array (N,) of `RECORD_DTYPE`. No copy."""
        return self._packet.records()

    def words(self) -> npt.NDArray[np.int64]:
        """View the records as read-only 64-bit words (N,): t 31:0, x 47:32, y 62:48, polarity 63. No copy."""
        return self._packet.words()

    def to_numpy(self) -> npt.NDArray[np.void]:
        """Give a structured array (N,) of `EVENT_DTYPE`: t int64 µs, x, y uint16, p bool. Copies."""
        array = np.empty(len(self), EVENT_DTYPE)
        self._packet.copy_columns(array["t"], array["x"], array["y"], array["p"])
        return array

    def buffer(self) -> memoryview:
        """View the records through the buffer protocol: read-only, 8-byte items. No copy."""
        return memoryview(self._packet)

    def __buffer__(self, flags: int) -> memoryview:
        """Let `memoryview(events)` give `buffer()`, on Python 3.12 and later."""
        return self.buffer()

    def __dlpack__(self, *, max_version: tuple[int, int] | None = None, **_: Any) -> Any:
        """Export the records as an (N,) int64 CPU tensor without a copy; treat it as read-only."""
        return self._packet.dlpack(max_version is not None and max_version[0] >= 1)

    def __dlpack_device__(self) -> tuple[int, int]:
        """Say that the records lie in main memory (kDLCPU, 0)."""
        return (1, 0)

    def is_time_ordered(self) -> bool:
        """Say whether times never fall. Some sensors report events a few µs late; the record keeps what they said."""
        return self._packet.is_time_ordered()

    def split_at(self, t_us: int) -> tuple["Events", "Events"]:
        """Split before the first event at or after `t_us`, in stream order. Two views."""
        at = self._packet.find_first_at_or_after(max(0, t_us))
        return Events(self._packet.view(0, at)), Events(self._packet.view(at, len(self)))

    def split_after(self, count: int) -> tuple["Events", "Events"]:
        """Split behind the first `count` events, or behind all where there are fewer. Two views."""
        at = max(0, min(count, len(self)))
        return Events(self._packet.view(0, at)), Events(self._packet.view(at, len(self)))

    def slice_time(self, start_us: int, stop_us: int) -> "Events":
        """Take the events with start_us <= time < stop_us. A view where times ascend, else a copy.

        Raises:
            InvalidArgumentError: stop_us lies before start_us.
        """
        if stop_us < start_us:
            raise InvalidArgumentError(f"stop_us is {stop_us}; it must not lie before start_us ({start_us})")
        return Events(self._packet.slice_time(max(0, start_us), max(0, stop_us)))

    def slice_region(self, x: int, y: int, width: int, height: int) -> "Events":
        """Take the events in columns [x, x + width) and rows [y, y + height). Copies; coordinates stay as they are.

        Raises:
            InvalidArgumentError: the region is empty or reaches outside the sensor.
        """
        if x < 0 or y < 0 or width < 1 or height < 1 or x + width > self.width or y + height > self.height:
            raise InvalidArgumentError(
                f"region x={x} y={y} width={width} height={height} does not lie on the "
                f"{self.width}x{self.height} sensor"
            )
        return Events(self._packet.slice_region(x, y, x + width, y + height))

    def select_polarity(self, on: bool) -> "Events":
        """Take the events of one polarity: True for brighter, False for darker. Copies."""
        return Events(self._packet.select_polarity(on))

    def select_pixels(self, keep: npt.NDArray[np.bool_]) -> "Events":
        """Take the events of the pixels that a mask (H, W) bool names. Copies.

        Raises:
            InvalidArgumentError: the mask has another shape than the sensor.
        """
        if keep.shape != (self.height, self.width):
            raise InvalidArgumentError(f"the mask is {keep.shape}; the sensor is {(self.height, self.width)}")
        return Events(self._packet.select_pixels(np.ascontiguousarray(keep, np.uint8)))


def check_sensor(width: int, height: int) -> None:
    """Refuse sensor sizes that the record cannot address.

    Raises:
        InvalidArgumentError: width or height is not within 1 to `MAX_SIDE`.
    """
    for name, side in (("width", width), ("height", height)):
        if not 1 <= side <= MAX_SIDE:
            raise InvalidArgumentError(f"{name} is {side}; it must be 1 to {MAX_SIDE} pixels")


def pool_counters() -> dict[str, int]:
    """Count what the buffer pool did: `allocated`, `reused`, `in_use` buffers and `retained_bytes`."""
    return _core.pool_counters()


def _columns(array: npt.NDArray[Any] | None, columns: dict[str, Any]) -> dict[str, npt.NDArray[Any]]:
    if array is not None:
        missing = [name for name in columns if name not in (array.dtype.names or ())]
        if missing:
            raise InvalidArgumentError(f"the array has no field {missing[0]!r}; it needs t, x, y and p")
        return {name: array[name] for name in columns}
    for name, column in columns.items():
        if column is None:
            raise InvalidArgumentError(f"column {name!r} is missing; t, x, y and p are needed")
    return {name: np.asarray(column) for name, column in columns.items()}


def _check_columns(columns: dict[str, npt.NDArray[Any]], width: int, height: int) -> None:
    lengths = {name: column.shape for name, column in columns.items()}
    if len(set(lengths.values())) != 1 or columns["t"].ndim != 1:
        raise InvalidArgumentError(f"columns differ in shape: {lengths}")
    if not len(columns["t"]):
        return
    _check_range("x", columns["x"], width - 1)
    _check_range("y", columns["y"], height - 1)
    _check_range("p", columns["p"], 1)
    first_us, last_us = int(columns["t"].min()), int(columns["t"].max())
    if first_us < 0:
        raise InvalidArgumentError(f"t holds {first_us}; times are µs and not negative")
    if last_us - first_us > 0xFFFFFFFF:
        raise InvalidArgumentError(f"times span {last_us - first_us} us; one packet holds at most {0xFFFFFFFF} us")


def _check_range(name: str, column: npt.NDArray[Any], largest: int) -> None:
    low, high = int(column.min()), int(column.max())
    if low < 0 or high > largest:
        raise InvalidArgumentError(f"{name} holds {low if low < 0 else high}; it must be 0 to {largest}")
