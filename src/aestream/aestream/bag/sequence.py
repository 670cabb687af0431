"""Messages that never arrived, from the numbers that event packets carry."""

from aestream_core.formats.bags.message import EVENT_PACKET_TYPES, MessageError, parser_of
from aestream_core.formats.bags.storage import Topic


class SequenceGaps:
    """Counts the gaps in one topic. A number that goes back is a publisher that began again, not a loss."""

    def __init__(self, topic: Topic) -> None:
        """Wait for the first message; those of other types have no numbers."""
        self._parse = parser_of(topic) if topic.type in EVENT_PACKET_TYPES else None
        self._next: int | None = None

    def before(self, data: bytes) -> int:
        """Count the messages that are missing before this one."""
        if self._parse is None:
            return 0
        try:
            seq = self._parse(data).seq
        except MessageError:
            return 0
        missing = 0 if self._next is None else max(0, seq - self._next)
        self._next = seq + 1
        return missing
