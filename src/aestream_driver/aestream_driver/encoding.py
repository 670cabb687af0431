"""The encoding that events leave the process in: the source's own bytes, or others made of its events."""

from aestream_core.messages import MessageEncoder
from aestream_driver.sources.base import SourcePacket, WirePacket

AUTO = "auto"
ENCODINGS = (AUTO, "evt3", "evt2", "evt21", "libcaer", "libcaer_cmp", "mono")
"""Values of the parameter `encoding`; `docs/interop.md` says who decodes which."""


class WireEncoding:
    """Gives packets as messages of one encoding. It keeps no state.

    Attributes:
        name: the encoding, as messages say it.
    """

    def __init__(self, asked: str, own: str) -> None:
        """Choose.

        Args:
            asked: value of `ENCODINGS`; auto takes the source's own.
            own: encoding of the source's own bytes.
        """
        self.name = own if asked == AUTO else asked
        self._encoder = MessageEncoder(self.name)

    def messages(self, packet: SourcePacket) -> list[WirePacket]:
        """Encode one packet.

        Returns:
            One message; more where times lie further apart than one message of the encoding holds; none without events.

        Raises:
            InvalidArgumentError: a coordinate lies outside what the encoding holds.
        """
        if packet.encoding == self.name:
            wire = packet.wire()
            return [wire] if wire.data.nbytes else []
        return [
            WirePacket(message.data, base_us=message.base_us, encoded=True)
            for events in packet.events()
            for message in self._encoder.encode(events)
        ]
