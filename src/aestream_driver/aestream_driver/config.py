"""Configuration of the driver: one field a ROS parameter."""

from dataclasses import dataclass

from aestream_core.config import setting, validate
from aestream_core.net import PROTOCOLS
from aestream_core.simulator import SCENES
from aestream_core.transports.names import TRANSPORTS
from aestream_driver.cameras.names import AUTO, CAMERA_NAMES
from aestream_driver.encoding import ENCODINGS
from aestream_driver.sources.names import SOURCE_NAMES
from aestream_driver.stamps import STAMPS


@dataclass(frozen=True)
class DriverConfig:
    """What to open and how to publish it."""

    source: str = setting("sim", "where events come from", choices=SOURCE_NAMES)
    path: str = setting("", "recording to play; for source file")
    camera: str = setting(
        AUTO,
        "model of the camera; auto takes the one that is connected; for source camera",
        choices=(AUTO, *CAMERA_NAMES),
    )
    serial: str = setting("", "serial number of the camera; empty for the only one; for source camera")
    reconnect_s: float = setting(
        5.0, "longest wait between attempts to open a lost camera again; 0 gives up", unit="s", bounds=(0.0, 3600.0)
    )
    stall_s: float = setting(
        2.0, "silence after which a camera is opened again; 0 waits for ever", unit="s", bounds=(0.0, 3600.0)
    )
    ring_mb: int = setting(128, "memory for what a camera sent and nobody took yet", unit="MB", bounds=(8, 16_384))
    camera_info_url: str = setting(
        "", "calibration for ~/camera_info, file:// and a YAML file in ROS's format; empty sends the size alone"
    )
    address: str = setting(
        "127.0.0.1", "address of this machine to listen on, 0.0.0.0 or :: for all, or a multicast group; for source udp"
    )
    port: int = setting(3333, "port to listen on; for source udp", bounds=(0, 65535))
    protocol: str = setting(
        "auto", "what datagrams are; auto lets each say it itself; for source udp", choices=PROTOCOLS
    )
    interface: str = setting("", "network interface that a multicast group is joined on; for source udp")
    once: bool = setting(False, "end with the sender's stream rather than wait for the next; for source udp")
    width: int = setting(
        0,
        "sensor width; 0 takes what the recording or the datagrams say, 640 for the simulator",
        unit="pixels",
        bounds=(0, 32767),
    )
    height: int = setting(
        0,
        "sensor height; 0 takes what the recording or the datagrams say, 480 for the simulator",
        unit="pixels",
        bounds=(0, 32767),
    )
    speed: float = setting(1.0, "playback speed; 1 is real time, 0 as fast as possible", bounds=(0.0, 1000.0))
    rate_hz: float = setting(10e6, "mean event rate of the simulator", unit="events/s", bounds=(1.0, 1e9))
    scene: str = setting("shapes", "what the simulator looks at", choices=SCENES)
    seed: int = setting(0, "seed of the simulator; equal seeds give equal events", bounds=(0, 2**62))
    duration_s: float = setting(0.0, "sensor time that the simulator runs; 0 is for ever", unit="s", bounds=(0.0, 1e6))
    packet_us: int = setting(1000, "sensor time that one packet spans at most", unit="us", bounds=(10, 1_000_000))
    packet_events: int = setting(
        24_576, "events that one packet holds at most; keeps messages under 0.2 MB", bounds=(1, 10_000_000)
    )
    filters: tuple[str, ...] = setting(
        (), "filters of what leaves the node, in order, as in refractory:300; recordings keep every event", live=True
    )
    encoding: str = setting(
        AUTO, "encoding of the event messages; auto sends the source's own bytes, else evt3", choices=ENCODINGS
    )
    record: str = setting(
        "", "recording to write; the ending names the format; must not be there yet; empty records nothing"
    )
    stamp: str = setting(
        "arrival", "what header.stamp is: arrival of the packet, or host time of its first event", choices=STAMPS
    )
    frame_id: str = setting("event_camera", "frame of the sensor in message headers")
    reliability: str = setting("reliable", "reliability of the event topic", choices=("reliable", "best_effort"))

    transport: str = setting(
        "dds",
        "how events reach other processes: over DDS, or through shared memory of this machine as well",
        choices=TRANSPORTS,
    )

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
