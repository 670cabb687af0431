"""A connected camera as a stream of packets, without ROS."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from aestream_core.errors import UnknownNameError
from aestream_core.events import Events
from aestream_core.streams import PacketStream
from aestream_driver.sources.camera import CameraSource, Patience
from aestream_driver.sources.camera_opening import open_camera, select_camera

RING_BYTES = 128 << 20
"""Memory for what the camera sent and nobody took yet."""


class CameraStream(PacketStream):
    """Packets of a camera until it is closed. A lost camera is opened again; see `counters` for what was lost.

    Attributes:
        description: which camera it is, in one line.
    """

    def __init__(self, source: CameraSource, *, duration_us: int | None = None) -> None:
        """Take over an open camera; end after that much sensor time, where given."""
        self.width = source.width
        self.height = source.height
        self.description = source.description
        self._source = source
        self._events = _until(source, duration_us)

    def __next__(self) -> Events:
        """Wait for the next packet.

        Raises:
            CameraError: the camera was lost and is not to be opened again.
        """
        return next(self._events)

    def close(self) -> None:
        """End the stream. Safe to call from any thread, and more than once."""
        self._source.close()

    def counters(self) -> dict[str, int]:
        """Count faults: packets lost in the library's ring, bytes left out after them, events outside, reopenings."""
        source = self._source
        return {
            "dropped_packets": source.dropped_packets,
            "skipped_bytes": source.skipped_bytes,
            "outside_sensor": source.invalid_events,
            "reconnects": source.reconnects,
        }


def open_camera_stream(
    *,
    model: str = "auto",
    serial: str = "",
    settings: dict[str, Any] | None = None,
    reconnect_s: float = 5.0,
    stall_s: float = 2.0,
    duration_us: int | None = None,
) -> CameraStream:
    """Open a connected camera.

    Args:
        model: name of the model as in `aestream_driver.cameras.table`; "auto" takes the one that is connected.
        serial: serial number; empty for the only one.
        settings: fields of the model's settings, for example bias_diff_on.
        reconnect_s: longest wait between attempts to open a lost camera again; 0 gives up.
        stall_s: silence after which the camera is opened again; 0 waits for ever.
        duration_us: sensor time in µs after which the stream ends; None for never.

    Raises:
        AestreamError: there is no such camera, it cannot be opened, or a setting is not allowed.
    """
    camera = select_camera(model, serial)
    known = tuple(each.name for each in fields(camera.model.settings))
    for name in settings or {}:
        if name not in known:
            raise UnknownNameError(f"setting of {camera.model.title}", name, known)
    source = open_camera(
        camera.with_settings(camera.model.settings(**(settings or {}))),
        ring_bytes=RING_BYTES,
        patience=Patience(reconnect_s, stall_s),
    )
    return CameraStream(source, duration_us=duration_us)


def _until(source: CameraSource, duration_us: int | None) -> Iterator[Events]:
    first_us: int | None = None
    for packet in source:
        for events in packet.events():
            first_us = events.first_us if first_us is None else first_us
            if duration_us is not None and events.last_us - first_us >= duration_us:
                source.close()
                return
            yield events
