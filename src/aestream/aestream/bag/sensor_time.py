"""Places in a bag by the sensor's clock, which event packets carry."""

from typing import NamedTuple

from aestream.bag.errors import NotPlayableError
from aestream.bag.stored import StoredBag
from aestream_core.formats.bags.message import EVENT_PACKET_TYPES, MessageError, parser_of


class Place(NamedTuple):
    """A message of events.

    Attributes:
        time_ns: when it was recorded, in ns since the epoch.
        t_us: sensor time in µs that its events begin at.
    """

    time_ns: int
    t_us: int


def find_sensor_time(bag: StoredBag, t_us: int) -> Place:
    """Find the message that the events at a sensor time are in: the last one that begins at that time or before.

    Raises:
        NotPlayableError: there are no event packets, or none begins that early.
    """
    topic = next((topic for topic in bag.topics() if topic.type in EVENT_PACKET_TYPES), None)
    if topic is None:
        raise NotPlayableError(f"'{bag.path}' has no topic of event packets, whose clock a seek goes by")
    parse = parser_of(topic)
    found: Place | None = None
    for message in bag.messages(topics=(topic.name,)):
        try:
            begin_us = parse(message.data).time_base_ns // 1000
        except MessageError:
            continue
        if begin_us > t_us:
            break
        found = Place(message.time_ns, begin_us)
    if found is None:
        raise NotPlayableError(f"no event packet of '{bag.path}' begins at {t_us} us of the sensor's clock or before")
    return found
