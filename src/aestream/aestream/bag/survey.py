"""What is in a bag: `aestream bag info`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aestream.bag.stored import StoredBag, StoredFile
from aestream_core.errors import AestreamError
from aestream_core.formats.bags.files import METADATA
from aestream_core.formats.bags.message import EVENT_TYPES, MessageError, parser_of
from aestream_core.formats.bags.storage import BagSummary, Faults, Topic
from aestream_core.messages import MESSAGE_ENCODINGS, MessageDecoder

_KINDS = {".mcap": "mcap", ".db3": "sqlite3"}


@dataclass
class TopicSurvey:
    """One topic of a bag.

    Attributes:
        name: of the topic.
        type: of its messages.
        messages: how many there are.
        rate_hz: messages a second over the length of the bag.
        encoding: of the first message's events; empty for other types.
        width: sensor width in pixels; 0 where it is not known.
        height: sensor height in pixels; 0 where it is not known.
        events: how many there are; None where they were not counted.
    """

    name: str
    type: str
    messages: int = 0
    rate_hz: float = 0.0
    encoding: str = ""
    width: int = 0
    height: int = 0
    events: int | None = None


@dataclass
class BagSurvey:
    """A bag.

    Attributes:
        path: where it is.
        storage: what its files are.
        files: their names.
        size_bytes: of the files.
        start_ns: time of the first message in ns since the epoch.
        duration_s: from the first to the last message.
        messages: of all topics.
        topics: each topic.
        metadata: whether there is a metadata.yaml.
        finished: whether every file was finished by its writer.
        damage: what is wrong, in words.
    """

    path: str
    storage: str
    files: list[str]
    size_bytes: int
    start_ns: int = 0
    duration_s: float = 0.0
    messages: int = 0
    topics: list[TopicSurvey] = field(default_factory=list)
    metadata: bool = False
    finished: bool = True
    damage: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Give it as plain values, for JSON."""
        return asdict(self)


def survey_bag(path: str | Path, *, events: bool = False) -> BagSurvey:
    """Look at a bag: at what its files say of themselves, and from front to end where one was not finished.

    Args:
        path: folder or file.
        events: whether to decode and count the events.

    Raises:
        AestreamError: it is no bag.
    """
    bag = StoredBag(path)
    survey = BagSurvey(
        path=str(path),
        storage=", ".join(sorted({_KINDS.get(file.path.suffix, file.path.suffix[1:]) for file in bag.files})),
        files=[file.path.name for file in bag.files],
        size_bytes=sum(file.path.stat().st_size for file in bag.files),
        metadata=(bag.path / METADATA).is_file(),
    )
    summaries = [_summary(file, survey) for file in bag.files]
    filled = [each for each in summaries if any(each.counts.values())]
    survey.start_ns = min((each.start_ns for each in filled), default=0)
    survey.duration_s = (max((each.end_ns for each in filled), default=0) - survey.start_ns) / 1e9
    survey.topics = [_topic(bag, topic, summaries, survey.duration_s, survey, events=events) for topic in bag.topics()]
    survey.messages = sum(each.messages for each in survey.topics)
    return survey


def _summary(file: StoredFile, survey: BagSurvey) -> BagSummary:
    summary = file.bag.summary()
    if summary is not None:
        return summary
    survey.finished = False
    faults = Faults(file.path, skip_errors=True)
    counts: dict[Topic, int] = dict.fromkeys(file.bag.topics(), 0)
    start_ns, end_ns = 0, 0
    for message in file.bag.all_messages(faults):
        start_ns = min(start_ns or message.time_ns, message.time_ns)
        end_ns = max(end_ns, message.time_ns)
        counts[message.topic] = counts.get(message.topic, 0) + 1
    survey.damage += [f"{file.path.name}: at byte {at_byte}: {reason}" for at_byte, reason in faults.places]
    return BagSummary(counts, start_ns, end_ns)


def _topic(
    bag: StoredBag, topic: Topic, summaries: list[BagSummary], duration_s: float, survey: BagSurvey, *, events: bool
) -> TopicSurvey:
    messages = sum(_count(each.counts, topic) for each in summaries)
    rate_hz = (messages - 1) / duration_s if messages > 1 and duration_s > 0 else 0.0
    found = TopicSurvey(topic.name, topic.type, messages, rate_hz)
    if topic.type in EVENT_TYPES and messages:
        try:
            _look_at_events(bag, topic, found, count=events)
        except (AestreamError, MessageError) as error:
            survey.damage.append(f"{topic.name}: {error}")
    return found


def _count(counts: Mapping[Topic, int], topic: Topic) -> int:
    return counts.get(topic, 0)


def _look_at_events(bag: StoredBag, topic: Topic, found: TopicSurvey, *, count: bool) -> None:
    parse, decoder = parser_of(topic), None
    for message in bag.messages(topics=(topic.name,)):
        event_message = parse(message.data)
        found.encoding = found.encoding or event_message.encoding
        found.width, found.height = event_message.width, event_message.height
        if not count or found.encoding not in MESSAGE_ENCODINGS:
            return
        decoder = decoder or MessageDecoder(found.encoding, width=found.width, height=found.height)
        packets = decoder.decode(event_message.events, time_base_ns=event_message.time_base_ns)
        found.events = (found.events or 0) + sum(len(packet) for packet in packets)


def in_words(survey: BagSurvey) -> str:
    """Say what is in a bag, for people."""
    state = "" if survey.finished else ", not finished: its writer was killed, or still writes"
    described = "" if survey.metadata or len(survey.files) == 1 else ", without metadata.yaml"
    lines = [
        f"{survey.path}: {survey.storage}, {len(survey.files)} file(s), {survey.size_bytes / 1e6:,.1f} MB, "
        f"{survey.duration_s:.3f} s, {survey.messages:,} messages{state}{described}"
    ]
    lines += [f"  {_topic_words(topic)}" for topic in survey.topics]
    lines += [f"  damaged: {each}" for each in survey.damage]
    return "\n".join(lines)


def _topic_words(topic: TopicSurvey) -> str:
    text = f"{topic.name}  {topic.type}  {topic.messages:,} messages  {topic.rate_hz:,.1f} Hz"
    if topic.encoding:
        text += f"  {topic.encoding} {topic.width}x{topic.height}"
    return text if topic.events is None else f"{text}  {topic.events:,} events"
