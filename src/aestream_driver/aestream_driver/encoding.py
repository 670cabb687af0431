"""The encoding that events leave the process in: the source's own bytes, or others made of its events."""

from aestream_core.messages import MessageEncoder
from aestream_driver.sources.base import Source, SourcePacket, WirePacket

AUTO = "auto"
ENCODINGS = (AUTO, "evt3", "evt2", "evt21", "libcaer", "libcaer_cmp", "mono")
"""Values of the parameter `encoding`; `docs/interop.md` says who decodes which."""


class WireEncoding:
    """Gives each packet of a source as the messages of one encoding.

    Attributes:
        name: the encoding, as messages say it.
    """

    def __init__(self, asked: str, source: Source) -> None:
        """Choose.

        Args:
            asked: value of `ENCODINGS`; auto takes what the source gives.
            source: where packets come from; `Source.encoding` is what it gives undecoded or at least cost.
        """
        self.name = source.encoding if asked == AUTO else asked
        self._encoder = None if self.name == source.encoding else MessageEncoder(self.name)

    def messages(self, packet: SourcePacket) -> list[WirePacket]:
        """Encode one packet.

        Returns:
            One message; more where times lie further apart than one message of the encoding holds; none without events.

        Raises:
            InvalidArgumentError: a coordinate lies outside what the encoding holds.
        """
        if self._encoder is None:
            return [packet.wire()]
        return [
            WirePacket(message.data, base_us=message.base_us, encoded=True)
            for events in packet.events()
            for message in self._encoder.encode(events)
        ]
