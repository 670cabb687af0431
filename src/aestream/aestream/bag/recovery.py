"""A bag whose writer was killed becomes a whole one: `aestream bag recover`."""

from dataclasses import dataclass, field
from pathlib import Path

from aestream.bag.config import RecorderConfig
from aestream.bag.recording import Recording
from aestream.bag.stored import StoredBag
from aestream_core.formats.bags.storage import Faults, Topic


@dataclass
class Recovery:
    """What was kept of a bag, and what was not.

    Attributes:
        path: the new bag.
        counts: messages kept, by topic.
        losses: what was lost, file by file: name, byte, bytes from there to the end, reason.
    """

    path: Path
    counts: dict[Topic, int] = field(default_factory=dict)
    losses: list[tuple[str, int, int, str]] = field(default_factory=list)


def recover(path: str | Path, output: str | Path | None = None) -> Recovery:
    """Copy every message that can be read into a new bag. The old one stays as it is.

    Args:
        path: folder or file.
        output: the new bag, which must not be there yet; None adds `_recovered` to the name.

    Raises:
        AestreamError: it is no bag, none of it can be read, or the new one cannot be written.
    """
    old = Path(path)
    new = Path(output) if output is not None else old.with_name(f"{old.stem if old.is_file() else old.name}_recovered")
    bag = StoredBag(old)
    storage = "sqlite3" if ".db3" in bag.files[0].path.name else "mcap"
    recording = Recording(RecorderConfig(output=str(new), storage=storage, all=True))
    recovery = Recovery(new)
    try:
        _copy(bag, recording, recovery)
    finally:
        recording.close()
    return recovery


def _copy(bag: StoredBag, recording: Recording, recovery: Recovery) -> None:
    numbers: dict[Topic, int] = {}
    for file in bag.files:
        faults, size_bytes = Faults(file.path, skip_errors=True), file.path.stat().st_size
        for topic in file.bag.topics():
            if topic not in numbers:
                numbers[topic] = recording.add_topic(topic)
                recovery.counts[topic] = 0
        for message in file.bag.all_messages(faults):
            recording.add(numbers[message.topic], message.time_ns, message.data)
            recovery.counts[message.topic] += 1
        for at_byte, reason in faults.places:
            recovery.losses.append((file.path.name, at_byte, size_bytes - at_byte, reason))


def in_words(recovery: Recovery) -> str:
    """Say what was kept and lost, for people."""
    lines = [f"{recovery.path}: {sum(recovery.counts.values()):,} messages"]
    lines += [f"  {topic.name}  {topic.type}  {count:,} kept" for topic, count in recovery.counts.items()]
    lines += [
        f"  {name}: damaged at byte {at_byte:,}, {left_bytes:,} bytes from there to the end: {reason}"
        for name, at_byte, left_bytes, reason in recovery.losses
    ]
    if not recovery.losses:
        lines.append("  nothing was damaged")
    return "\n".join(lines)
