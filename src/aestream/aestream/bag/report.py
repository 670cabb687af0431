"""What recording and playing say of themselves, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aestream.bag.player import PlayCounters
from aestream.bag.recorder import TopicCounters

_KINDS = ("dropped", "lost")


@dataclass(frozen=True)
class Moment:
    """How far a recording is.

    Attributes:
        time_s: of the monotonic clock.
        bytes: received so far.
    """

    time_s: float
    bytes: int


def recording_line(counters: Sequence[TopicCounters], *, begin: Moment, before: Moment, now: Moment, queue: int) -> str:
    """Say in one line how a recording does.

    Args:
        counters: of each topic.
        begin: when it began.
        before: the reading before, against which the rate is counted.
        now: this reading.
        queue: bytes that wait for the disk.
    """
    rate = (now.bytes - before.bytes) / max(1e-9, now.time_s - before.time_s)
    messages = sum(each.received for each in counters)
    return (
        f"{now.time_s - begin.time_s:6.1f} s  {len(counters)} topics  {messages:,} messages  "
        f"{now.bytes / 1e6:,.1f} MB  {rate / 1e6:,.1f} MB/s  waiting {queue / 1e6:.1f} MB  {_losses(counters)}"
    )


def recorded(counters: Sequence[TopicCounters], *, path: str, files: int, refused: dict[str, str]) -> str:
    """Say what is in a bag that was recorded, and what is not."""
    kept, size_mb = sum(each.kept for each in counters), sum(each.received_bytes for each in counters) / 1e6
    lines = [f"{path}: {kept:,} messages, {size_mb:,.1f} MB received, {files} files, {_losses(counters)}"]
    for each in counters:
        losses = _losses([each]) if each.dropped or each.lost else ""
        lines.append(f"  {each.topic.name}  {each.topic.type}  {each.kept:,}  {losses}".rstrip())
    lines += [f"  {name}  not recorded: {reason}" for name, reason in refused.items()]
    if not kept:
        lines.append("  nothing was recorded: nobody published these topics meanwhile")
    return "\n".join(lines)


def playing_line(counters: PlayCounters, *, position_s: float, paused: bool) -> str:
    """Say in one line how far playing is."""
    state = "paused, space goes on" if paused else f"late {counters.late:,}"
    return f"{position_s:8.2f} s  {counters.messages:,} messages  {counters.bytes / 1e6:,.1f} MB  {state}"


def played(counters: PlayCounters, *, path: str, damage: Iterable[tuple[int, str]], skipped: Iterable[str]) -> str:
    """Say what was played."""
    late = f"{counters.late:,} late by over 1 ms, the worst by {counters.worst_s * 1e3:.1f} ms"
    lines = [f"{path}: {counters.messages:,} messages, {counters.bytes / 1e6:,.1f} MB, {late}"]
    lines += [f"  damaged at byte {at_byte}: {reason}" for at_byte, reason in damage]
    lines += [f"  {each}" for each in skipped]
    return "\n".join(lines)


def _losses(counters: Sequence[TopicCounters]) -> str:
    return "  ".join(f"{kind} {sum(getattr(each, kind) for each in counters):,}" for kind in _KINDS)
