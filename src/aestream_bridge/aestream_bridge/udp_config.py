"""Configuration of the UDP bridge: one field a ROS parameter."""

from dataclasses import dataclass

from aestream_core.config import setting, validate
from aestream_core.net import UdpSenderConfig
from aestream_core.net.config import DEFAULT_RATE_HZ, SENDER_PROTOCOLS
from aestream_core.transports.names import TRANSPORTS


@dataclass(frozen=True)
class UdpBridgeConfig:
    """Where events go, and how."""

    address: str = setting("127.0.0.1", "where to send: a host's name or address, or a multicast group")
    port: int = setting(3333, "port to send to", bounds=(1, 65535))
    protocol: str = setting(
        "framed",
        "framed counts what gets lost and says the sensor's size; spif is what SpiNNaker and AEStream understand",
        choices=SENDER_PROTOCOLS,
    )
    timestamps: bool = setting(False, "protocol spif: send each event's time behind it")
    events_per_datagram: int = setting(
        0, "events in a datagram at most; 0 for what fits a packet of Ethernet", bounds=(0, 16376)
    )
    rate_hz: float = setting(
        DEFAULT_RATE_HZ, "events a second at most, sent evenly; 0 for no limit", unit="events/s", bounds=(0.0, 1e12)
    )
    interface: str = setting("", "network interface that multicast leaves by; empty for the system's choice")
    ttl: int = setting(1, "routers that multicast may pass, plus one", bounds=(0, 255))
    queue_limit_bytes: int = setting(
        64_000_000,
        "bytes of events that may wait; more are dropped and counted",
        unit="B",
        bounds=(1_000_000, 4_000_000_000),
    )
    reliability: str = setting(
        "best_effort", "reliability asked of the event topic", choices=("reliable", "best_effort")
    )
    transport: str = setting("dds", "how events come from other processes", choices=TRANSPORTS)

    def __post_init__(self) -> None:
        """Check every field, and that they go together."""
        validate(self)
        self.sender()

    def sender(self) -> UdpSenderConfig:
        """Give what the sender is told."""
        return UdpSenderConfig(
            address=self.address,
            port=self.port,
            protocol=self.protocol,
            timestamps=self.timestamps,
            events_per_datagram=self.events_per_datagram,
            rate_hz=self.rate_hz or None,
            interface=self.interface,
            ttl=self.ttl,
        )
