"""What a stage says of itself: readings turned into StreamStatus."""

from dataclasses import dataclass

from aestream_msgs.msg import StreamStatus
from std_msgs.msg import Header


@dataclass(frozen=True, kw_only=True)
class StageReading:
    """Counters of one stage at one moment; all totals since the stage was configured.

    Attributes:
        events: events handled.
        packets: packets handled.
        products: tensors or predictions given out.
        dropped_events: events lost here, where they could be counted.
        dropped_packets: packets lost here (full queue, gap in the sequence numbers).
        invalid_events: events outside the sensor, left out.
        late_events: events older than a window that was already closed.
        queue_bytes: bytes waiting now.
        queue_limit_bytes: bytes at which the queue is full.
        latency_ms: median and 99th percentile over the last period; NaN where nothing was timed.
        bytes_copied: bytes of event data copied.
        t_us: sensor time in µs of the newest event.
        device: where the stage computes; empty where it does not.
        messages: EventPacket messages received.
        lost_messages: messages that never came or were not understood; part of dropped_packets.
        recorded_events: events in the stage's recordings.
        unrecorded_events: events that a recording was to hold and does not.
        clock_offset_ns: host clock minus sensor clock.
        clock_skew_ppm: how much faster the host's clock runs, in millionths.
        clock_resets: clock jumps that were found.
        reconnects: times that a device was lost and found again.
        hardware_id: which device, file or processor this is about, for /diagnostics.
        error: what went wrong while the stage streams on; empty while nothing did.
        filtered_events: events that filters of the stage held back, as they were told to.
    """

    events: int = 0
    packets: int = 0
    products: int = 0
    dropped_events: int = 0
    dropped_packets: int = 0
    invalid_events: int = 0
    late_events: int = 0
    queue_bytes: int = 0
    queue_limit_bytes: int = 0
    latency_ms: tuple[float, float] = (float("nan"), float("nan"))
    bytes_copied: int = 0
    t_us: int = 0
    device: str = ""
    messages: int = 0
    lost_messages: int = 0
    recorded_events: int = 0
    unrecorded_events: int = 0
    clock_offset_ns: int = 0
    clock_skew_ppm: float = 0.0
    clock_resets: int = 0
    reconnects: int = 0
    hardware_id: str = ""
    error: str = ""
    filtered_events: int = 0


@dataclass(frozen=True)
class Rates:
    """Events and products a second between two readings."""

    events: float
    products: float


def rates_between(before: StageReading, now: StageReading, seconds: float) -> Rates:
    """Give the rates between two readings that lie `seconds` apart."""
    if seconds <= 0:
        return Rates(0.0, 0.0)
    return Rates((now.events - before.events) / seconds, (now.products - before.products) / seconds)


def status_message(
    reading: StageReading, rates: Rates, *, header: Header, stage: str, state: str, message: str
) -> StreamStatus:
    """Make the message that the watcher and other tools read."""
    return StreamStatus(
        header=header,
        stage=stage,
        state=state,
        message=message,
        device=reading.device,
        events=reading.events,
        packets=reading.packets,
        products=reading.products,
        event_rate=rates.events,
        product_rate=rates.products,
        dropped_events=reading.dropped_events,
        dropped_packets=reading.dropped_packets,
        invalid_events=reading.invalid_events,
        late_events=reading.late_events,
        queue_bytes=reading.queue_bytes,
        queue_limit_bytes=reading.queue_limit_bytes,
        latency_p50_ms=reading.latency_ms[0],
        latency_p99_ms=reading.latency_ms[1],
        bytes_copied=reading.bytes_copied,
        t_us=reading.t_us,
        messages=reading.messages,
        lost_messages=reading.lost_messages,
        recorded_events=reading.recorded_events,
        unrecorded_events=reading.unrecorded_events,
        clock_offset_ns=_as_int64(reading.clock_offset_ns),
        clock_skew_ppm=reading.clock_skew_ppm,
        clock_resets=reading.clock_resets,
        reconnects=reading.reconnects,
        filtered_events=reading.filtered_events,
    )


def _as_int64(value: int) -> int:
    """Give the nearest value that the field can hold: a damaged sensor clock may say anything."""
    return max(-(2**63), min(2**63 - 1, value))
