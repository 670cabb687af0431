"""The table of sources: a new one is one function and one row, or an entry point of another package."""

from collections.abc import Callable
from importlib.metadata import entry_points

from aestream_core.errors import InvalidArgumentError
from aestream_core.files import FILE_FORMATS, file_info, open_file
from aestream_core.net import open_udp
from aestream_core.raw_files import open_raw_file
from aestream_core.simulator import SimConfig, open_simulator
from aestream_driver.config import DriverConfig
from aestream_driver.sources.base import Source
from aestream_driver.sources.camera import Patience
from aestream_driver.sources.camera_opening import SelectedCamera, open_camera, select_camera
from aestream_driver.sources.datagrams import DatagramSource
from aestream_driver.sources.decoded import DecodedSource
from aestream_driver.sources.names import ENTRY_POINTS
from aestream_driver.sources.passed_through import PassedThroughSource
from aestream_driver.sources.playback import Playback

MAX_MESSAGE_BYTES = 200_000
"""Bytes of one EventPacket; Fast DDS's default shared-memory segment loses messages over 0.5 MB."""


def open_source(config: DriverConfig, camera: SelectedCamera | None = None) -> Source:
    """Open the source that the configuration names.

    Args:
        config: what to open.
        camera: for the source `camera`, which one and how it is set; None takes what `config` says, set as it comes.

    Raises:
        AestreamError: it cannot be opened; the message says what and why.
    """
    if config.source in SOURCES:
        return SOURCES[config.source](config, camera)
    source: Source = entry_points(group=ENTRY_POINTS)[config.source].load()(config)
    return source


def _open_camera(config: DriverConfig, camera: SelectedCamera | None) -> Source:
    return open_camera(
        camera or select_camera(config.camera, config.serial),
        ring_bytes=config.ring_mb << 20,
        patience=Patience(config.reconnect_s, config.stall_s),
    )


def _open_sim(config: DriverConfig, _: SelectedCamera | None) -> Source:
    sim = SimConfig(
        width=config.width or 640,
        height=config.height or 480,
        scene=config.scene,
        rate_hz=config.rate_hz,
        seed=config.seed,
        duration_us=round(config.duration_s * 1e6) or None,
    )
    stream = open_simulator(
        sim, packet_us=config.packet_us, packet_events=config.packet_events, speed=config.speed or None
    )
    description = (
        f"simulator, scene {sim.scene}, {sim.width}x{sim.height}, {sim.rate_hz / 1e6:g} Mev/s, seed {sim.seed}"
    )
    return DecodedSource(stream, description=description, lossless=False)


def _open_udp(config: DriverConfig, _: SelectedCamera | None) -> Source:
    stream = open_udp(
        config.address,
        config.port,
        protocol=config.protocol,
        interface=config.interface,
        width=config.width or None,
        height=config.height or None,
        once=config.once,
    )
    return DatagramSource(stream, packet_events=config.packet_events)


def _open_file(config: DriverConfig, _: SelectedCamera | None) -> Source:
    if not config.path:
        raise InvalidArgumentError(
            "source is 'file' but path is empty; name a recording, for example path:=recording.raw"
        )
    if bool(config.width) != bool(config.height):
        raise InvalidArgumentError("give width and height together, or neither")
    return Playback(lambda start_us: _recording_at(config, start_us), speed=config.speed)


def _recording_at(config: DriverConfig, start_us: int) -> Source:
    """Open a recording, not paced, at a sensor time. Its bytes are passed through only from the beginning."""
    info = file_info(config.path)
    width, height = config.width or info.width, config.height or info.height
    description = f"{config.path}, {info.format}, {width}x{height}"
    if FILE_FORMATS[info.format].raw and not start_us:
        raw = open_raw_file(config.path, packet_us=config.packet_us, max_bytes=MAX_MESSAGE_BYTES)
        return PassedThroughSource(raw, encoding=info.format, width=width, height=height, description=description)
    stream = open_file(
        config.path,
        packet_us=config.packet_us,
        packet_events=config.packet_events,
        start_us=start_us,
        width=width,
        height=height,
        memory_map=False,  # a recording that is replaced meanwhile must not end the process of the other nodes
    )
    return DecodedSource(stream, description=description, lossless=True)


SOURCES: dict[str, Callable[[DriverConfig, SelectedCamera | None], Source]] = {
    "camera": _open_camera,
    "file": _open_file,
    "sim": _open_sim,
    "udp": _open_udp,
}
