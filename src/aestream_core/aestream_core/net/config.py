"""What a receiver and a sender of datagrams can be told."""

from dataclasses import dataclass

from aestream_core import _core
from aestream_core.config import setting, validate
from aestream_core.errors import InvalidArgumentError
from aestream_core.events import MAX_SIDE

DEFAULT_ADDRESS = "127.0.0.1"
DEFAULT_PORT = 3333
"""Port of SpiNNaker's first pipe, of spiffer and of AEStream."""
DEFAULT_RATE_HZ = 20e6
SENDER_PROTOCOLS = ("framed", "spif")
PROTOCOLS = ("auto", *SENDER_PROTOCOLS)

_ADDRESS = "A host's name or its IPv4 or IPv6 address, or a multicast group."


@dataclass(frozen=True)
class UdpConfig:
    """How to receive. Raises `InvalidArgumentError` where a field is outside its bounds."""

    address: str = setting(
        DEFAULT_ADDRESS, "Address of this machine to listen on, 0.0.0.0 or :: for all, or a multicast group."
    )
    port: int = setting(DEFAULT_PORT, "Port to listen on; 0 takes a free one.", bounds=(0, 65535))
    protocol: str = setting("auto", "What datagrams are; auto lets each say it itself.", choices=PROTOCOLS)
    width: int | None = setting(
        None, "Columns of the sensor; as framed datagrams say, else 1280, if absent.", unit="px", bounds=(1, MAX_SIDE)
    )
    height: int | None = setting(
        None, "Rows of the sensor; as framed datagrams say, else 720, if absent.", unit="px", bounds=(1, MAX_SIDE)
    )
    interface: str = setting("", "Network interface that a multicast group is joined on; lo if empty.")
    senders: tuple[str, ...] = setting((), "Hosts that may send; all if empty.")
    sender_limit_hz: float = setting(
        0.0, "Events per second that one sender may send; 0 for no limit.", unit="Hz", bounds=(0, 1e12)
    )
    most_senders: int = setting(64, "Senders that are remembered at a time.", bounds=(1, 1024))
    buffer_mb: float = setting(
        64.0, "Memory asked of the kernel for what waits to be read.", unit="MB", bounds=(0.01, 1000)
    )
    reorder: int = setting(
        16, "Datagrams that a framed datagram is waited for; 0 gives all as they come.", bounds=(0, 256)
    )
    idle_timeout_s: float | None = setting(None, "End after that long without events.", unit="s", bounds=(1e-3, 1e9))
    duration_s: float | None = setting(None, "End that long after the first datagram.", unit="s", bounds=(1e-3, 1e9))
    most_events: int | None = setting(None, "End after that many events.", bounds=(1, 1e18))
    once: bool = setting(False, "End when framed senders have ended their streams.")

    def __post_init__(self) -> None:
        """Check every field."""
        validate(self)
        if (self.width is None) != (self.height is None):
            raise InvalidArgumentError(
                f"width is {self.width} and height is {self.height}; give both of them, or neither"
            )

    def native(self) -> "_core.UdpReceiverConfig":
        """Make what the native receiver takes."""
        native = _core.UdpReceiverConfig()
        native.address, native.port, native.interface = self.address, self.port, self.interface
        native.senders = list(self.senders)
        native.sender_limit_hz, native.most_senders = float(self.sender_limit_hz), self.most_senders
        native.buffer_bytes = int(self.buffer_mb * 2**20)
        native.idle_timeout_s, native.duration_s = self.idle_timeout_s, self.duration_s
        native.most_events, native.once = self.most_events, self.once
        native.set_protocol(self.protocol)
        native.set_reorder(self.reorder)
        if self.width is not None and self.height is not None:
            native.set_sensor(self.width, self.height)
        return native


@dataclass(frozen=True)
class UdpSenderConfig:
    """How to send. Raises `InvalidArgumentError` where a field is outside its bounds."""

    address: str = setting(DEFAULT_ADDRESS, _ADDRESS)
    port: int = setting(DEFAULT_PORT, "Port to send to.", bounds=(1, 65535))
    protocol: str = setting("framed", "What to send.", choices=SENDER_PROTOCOLS)
    timestamps: bool = setting(False, "SPIF: send each event's time, low 32 bits of us, behind it.")
    events_per_datagram: int = setting(
        0, "Events in a datagram at most; 0 for what Ethernet, or with SPIF SpiNNaker, takes.", bounds=(0, 16376)
    )
    rate_hz: float | None = setting(
        DEFAULT_RATE_HZ, "Events per second at most, sent evenly; no limit if absent.", unit="Hz", bounds=(1, 1e12)
    )
    speed: float | None = setting(
        None,
        "Send events when they are due by sensor time, 1 is real time; as they come if absent.",
        bounds=(1e-6, 1e9),
    )
    interface: str = setting("", "Network interface that multicast leaves by; the system's choice if empty.")
    ttl: int = setting(1, "Routers that multicast may pass, plus one.", bounds=(0, 255))
    loop: bool = setting(True, "Whether this machine gets its own multicast too.")
    patience_s: float = setting(
        1.0,
        "How long a full buffer of the kernel is waited for before datagrams are dropped.",
        unit="s",
        bounds=(0, 60),
    )

    def __post_init__(self) -> None:
        """Check every field, and that a datagram holds that many events."""
        validate(self)
        if self.timestamps and self.protocol != "spif":
            raise InvalidArgumentError("timestamps is True; framed datagrams always carry times, leave it out")
        _core.udp_events_per_datagram(self.native())

    def native(self) -> "_core.UdpSenderConfig":
        """Make what the native sender takes."""
        native = _core.UdpSenderConfig()
        for name in ("address", "port", "timestamps", "events_per_datagram", "interface", "ttl", "loop", "patience_s"):
            setattr(native, name, getattr(self, name))
        native.rate_hz, native.speed = self.rate_hz, self.speed
        native.set_protocol(self.protocol)
        return native
