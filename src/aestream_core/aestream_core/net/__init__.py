"""Events over UDP: SPIF datagrams, and a framed protocol that detects what gets lost. See docs/udp.md."""

from aestream_core.net.config import PROTOCOLS, UdpConfig, UdpSenderConfig
from aestream_core.net.datagrams import DatagramDecoder, DatagramEncoder
from aestream_core.net.receiver import UdpStream, open_udp
from aestream_core.net.sender import UdpSender

__all__ = [
    "PROTOCOLS",
    "DatagramDecoder",
    "DatagramEncoder",
    "UdpConfig",
    "UdpSender",
    "UdpSenderConfig",
    "UdpStream",
    "open_udp",
]
