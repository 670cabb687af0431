"""The events of one topic of a bag."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from aestream_core import _core
from aestream_core.errors import DamagedRecordingError, FormatError, InvalidArgumentError
from aestream_core.events import Events
from aestream_core.formats.bags.files import files_of, open_bag
from aestream_core.formats.bags.message import EVENT_TYPES, EventMessage, MessageError, Parser, parser_of
from aestream_core.formats.bags.storage import Bag, Faults, Topic
from aestream_core.formats.base import (
    NO_COUNTERS,
    FileInfo,
    FileStream,
    FormatOption,
    ReadRequest,
    check_options,
    make_side,
    stream_of,
)
from aestream_core.messages import MessageDecoder

READ_OPTIONS = (FormatOption("topic", "which topic has the events", "name of a topic", "the first of a known type"),)

_PACKET_EVENTS = 1 << 16


class BagReader:
    """Reads the messages of one topic, over all files of a bag."""

    def __init__(self, request: ReadRequest, format_name: str, side: "_core.SideRecords | None" = None) -> None:
        """Find the topic and look at its first message.

        Raises:
            InvalidArgumentError: the bag cannot be read, or has no such topic.
            FormatError: it has no topic of events, or the topic no messages, or of an encoding that is not known.
            DamagedRecordingError: it is cut before its first message.
        """
        check_options(format_name, READ_OPTIONS, request.options, doing="reading")
        self._path = Path(request.path)
        self._files = files_of(self._path)
        self._bags = [open_bag(path) for path in self._files]
        self._faults = [Faults(path, skip_errors=request.skip_errors) for path in self._files]
        self._topic = _choose(self._path, self._bags, request.options.get("topic", ""))
        self._parse = parser_of(self._topic)
        # Live speed: hand on what one message holds. Else many messages make one packet.
        self._packet_events = 1 if request.speed is not None else _PACKET_EVENTS
        self._bytes = self._events = self._bad_messages = 0
        first = self._first_message()
        self._width = request.width or first.width
        self._height = request.height or first.height
        self._decoder = MessageDecoder(first.encoding, width=self._width, height=self._height, side=side)
        self.info = self._make_info(request, format_name, first)

    def packets(self, start_us: int) -> Iterator[Events]:
        """Give the events of many messages at a time."""
        try:
            for bag, faults in zip(self._bags, self._faults, strict=True):
                yield from self._decode(bag, faults)
        except DamagedRecordingError:
            yield from self._taken()
            raise
        yield from self._taken()

    def counters(self) -> dict[str, int]:
        """Count what was read so far; see `FileStream.counters`."""
        counters = {**NO_COUNTERS, **self._decoder.counters(), "bytes": self._bytes, "events": self._events}
        counters["damaged"] += self._bad_messages + sum(faults.count for faults in self._faults)
        return counters

    def _decode(self, bag: Bag, faults: Faults) -> Iterator[Events]:
        if self._topic not in bag.topics():
            return
        for payload, at_byte in bag.messages(self._topic.name, faults):
            try:
                message = self._parse(payload)
            except MessageError as error:
                faults.met(at_byte, str(error))
                continue
            if message.encoding != self._decoder.encoding:
                raise FormatError(
                    f"'{self._path}': {self._topic.name} changes its encoding from {self._decoder.encoding!r} "
                    f"to {message.encoding!r}"
                )
            self._bytes += len(message.events)
            waiting = self._decoder.feed(message.events, time_base_ns=message.time_base_ns)
            if not message.complete:
                faults.met(at_byte, "a message holds fewer events than it says")
            if waiting >= self._packet_events:
                yield from self._taken()

    def _taken(self) -> Iterator[Events]:
        for events in self._decoder.take():
            self._events += len(events)
            yield events

    def _first_message(self) -> EventMessage:
        for bag, path in zip(self._bags, self._files, strict=True):
            if self._topic not in bag.topics():
                continue
            for payload, _ in bag.messages(self._topic.name, Faults(path)):
                return self._parse_first(payload, self._parse)
        raise FormatError(f"'{self._path}': topic {self._topic.name} has no messages")

    def _parse_first(self, payload: bytes, parse: Parser) -> EventMessage:
        try:
            return parse(payload)
        except MessageError as error:
            raise FormatError(f"'{self._path}': topic {self._topic.name}: {error}") from None

    def _make_info(self, request: ReadRequest, format_name: str, first: EventMessage) -> FileInfo:
        details = {"topic": self._topic.name, "type": self._topic.type, "encoding": first.encoding}
        return FileInfo(
            format=format_name,
            width=self._width,
            height=self._height,
            sensor_assumed=False,
            size_bytes=sum(path.stat().st_size for path in self._files),
            data_begin=0,
            details=MappingProxyType(details),
        )


def open_bag_stream(request: ReadRequest, format_name: str) -> FileStream:
    """Open a bag as a stream."""
    side = make_side(request)
    return stream_of(BagReader(request, format_name, side), request, side=side)


def bag_info(request: ReadRequest, format_name: str) -> FileInfo:
    """Say what a bag's first message of events says."""
    return BagReader(request, format_name).info


def _choose(path: Path, bags: list[Bag], wanted: str) -> Topic:
    """Choose the topic by name, else the first of a known type."""
    topics = list(dict.fromkeys(topic for bag in bags for topic in bag.topics()))
    known = "; its topics: " + (", ".join(f"{topic.name} ({topic.type})" for topic in topics) or "none")
    for topic in topics:
        if topic.name == wanted or (not wanted and topic.type in EVENT_TYPES):
            if topic.type not in EVENT_TYPES:
                raise FormatError(f"'{path}': {wanted} holds {topic.type}; events come in {', '.join(EVENT_TYPES)}")
            return topic
    if wanted:
        raise InvalidArgumentError(f"'{path}' has no topic {wanted!r}{known}")
    raise FormatError(f"'{path}' has no topic of events{known}")
